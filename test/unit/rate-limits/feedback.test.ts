import { decideFeedback } from '../../../sidecar/rate-limits/feedback';
import { newRateLimit } from '../../../sidecar/rate-limits/rate-limit';
import { decideReservation } from '../../../sidecar/rate-limits/reserve';

const now = Date.parse('2031-04-01T12:00:00.000Z');
const limit = newRateLimit({ limit: 10, intervalMs: 1_000, burst: 1 });
const fed = (status: number, headers: Record<string, string> = {}) =>
	decideFeedback(limit, { status, headers }, now);
const pauseOf = (status: number, headers: Record<string, string> = {}) => {
	const { pausedUntil } = fed(status, headers);
	return pausedUntil === null ? null : pausedUntil - now;
};

it.each([
	['Retry-After in seconds', 429, { 'Retry-After': '30' }, 30_000],
	['Retry-After with 503', 503, { 'retry-after': '5' }, 5_000],
	['Retry-After as a date', 429, { 'Retry-After': 'Tue, 01 Apr 2031 12:01:00 GMT' }, 60_000],
	['RateLimit with nothing remaining', 200, { RateLimit: '"default";r=0;t=7' }, 7_000],
	['RateLimit of an earlier draft', 200, { RateLimit: 'limit=100, remaining=0, reset=8' }, 8_000],
	[
		'RateLimit without t, by the window of its policy',
		200,
		{ RateLimit: '"burst";r=0', 'RateLimit-Policy': '"burst";q=100;w=9,"day";q=1000;w=86400' },
		9_000,
	],
	['the scarcest of several', 200, { RateLimit: '"a";r=5;t=50,"b";r=0;t=4' }, 4_000],
	['RateLimit-Remaining', 200, { 'RateLimit-Remaining': '0', 'RateLimit-Reset': '6' }, 6_000],
	[
		'X-RateLimit-Reset in seconds to go',
		200,
		{ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '3' },
		3_000,
	],
	[
		'X-RateLimit-Reset in seconds since 1970',
		403,
		{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 20) },
		20_000,
	],
	['the longer of two', 429, { 'Retry-After': '2', RateLimit: '"a";r=0;t=4' }, 4_000],
	['a refusal that says no more: one interval', 429, {}, 1_000],
])('pauses at %s', (_what, status, headers, pause) => {
	expect(pauseOf(status, headers as unknown as Record<string, string>)).toBe(pause);
});

it.each([
	['an ordinary answer', 200, {}],
	['a failure that is no refusal', 500, { 'Retry-After': 'soon' }],
	['a 503 without a time', 503, {}],
	['a number that is none', 200, { 'X-RateLimit-Remaining': 'none', 'X-RateLimit-Reset': 'x' }],
	['Retry-After on an ordinary answer', 200, { 'Retry-After': '30' }],
])('leaves the limit as it is at %s', (_what, status, headers) => {
	expect(fed(status, headers as unknown as Record<string, string>)).toBe(limit);
});

it('never pauses for longer than a day, whatever is said', () => {
	expect(pauseOf(429, { 'Retry-After': '999999999' })).toBe(86_400_000);
});

it('does not shorten a pause that is longer', () => {
	const paused = decideFeedback(limit, { status: 429, headers: { 'retry-after': '60' } }, now);
	const again = decideFeedback(paused, { status: 429, headers: { 'retry-after': '5' } }, now);
	expect(again.pausedUntil).toBe(now + 60_000);
});

it('gives no time before the end of a pause, and keeps the pace after it', () => {
	const paused = fed(429, { 'Retry-After': '10' });
	const claim = { count: 3, weight: 1, tenant: null, share: 1, maxWaitMs: null };
	expect(decideReservation(paused, null, claim, now).answer).toMatchObject({
		at: [now + 10_000, now + 10_100, now + 10_200],
	});
});

it('slows down to what remains until the reset, then keeps its own pace', () => {
	const slowed = fed(200, { RateLimit: '"default";r=4;t=2' });
	const claim = { count: 7, weight: 1, tenant: null, share: 1, maxWaitMs: null };
	const { answer } = decideReservation(slowed, null, claim, now);
	expect(answer).toMatchObject({
		at: [0, 500, 1_000, 1_500, 2_000, 2_100, 2_200].map((after) => now + after),
	});
});

it('is not slowed by a receiver that allows more than we do', () => {
	expect(fed(200, { RateLimit: '"default";r=400;t=2' })).toBe(limit);
});
