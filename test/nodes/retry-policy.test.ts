import { delayAfter, type Backoff, type BackoffShape } from '../../nodes/shared/retry/backoff';
import { factsFrom } from '../../nodes/shared/error-facts';
import { requestedPauseMs } from '../../nodes/shared/retry/requested-pause';
import { decideRetry, isRetryable, type RetryPolicy } from '../../nodes/shared/retry/retry-policy';

const half = () => 0.5;

describe('the delay before the next attempt', () => {
	const backoff = (shape: BackoffShape, jitter = false): Backoff => ({
		shape,
		firstMs: 100,
		maxMs: 1000,
		jitter,
	});
	const delays = (shape: BackoffShape) =>
		[1, 2, 3, 4, 5, 6].map((attempts) =>
			delayAfter(backoff(shape), { attempts, lastDelayMs: 0 }, half),
		);

	it.each([
		['constant', [100, 100, 100, 100, 100, 100]],
		['linear', [100, 200, 300, 400, 500, 600]],
		['exponential', [100, 200, 400, 800, 1000, 1000]],
	] as const)('grows %s and never beyond the maximum', (shape, expected) => {
		expect(delays(shape)).toEqual(expected);
	});

	it('is cut by up to a half with jitter', () => {
		const state = { attempts: 2, lastDelayMs: 0 };
		expect(delayAfter(backoff('exponential', true), state, () => 0)).toBe(100);
		expect(delayAfter(backoff('exponential', true), state, () => 1)).toBe(200);
	});

	it('is random between the first and three times the last when decorrelated', () => {
		const state = { attempts: 3, lastDelayMs: 200 };
		expect(delayAfter(backoff('decorrelated'), state, () => 0)).toBe(100);
		expect(delayAfter(backoff('decorrelated'), state, () => 1)).toBe(600);
		expect(delayAfter(backoff('decorrelated'), { ...state, lastDelayMs: 900 }, () => 1)).toBe(1000);
	});

	it('does not overflow after very many attempts', () => {
		expect(delayAfter(backoff('exponential'), { attempts: 5000, lastDelayMs: 0 }, half)).toBe(1000);
	});
});

describe('the pause a receiver asks for', () => {
	const now = Date.parse('2026-01-01T00:00:00Z');

	it.each<[string, Record<string, string>, number | undefined]>([
		['Retry-After in seconds', { 'retry-after': '7' }, 7000],
		['Retry-After as a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
		['a Retry-After in the past', { 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, 0],
		['an unreadable Retry-After', { 'retry-after': 'soon' }, undefined],
		['an empty Retry-After', { 'retry-after': '' }, undefined],
		['RateLimit of the newer draft', { ratelimit: '"default";r=0;t=12' }, 12_000],
		['RateLimit of the older draft', { ratelimit: 'limit=10, remaining=0, reset=9' }, 9000],
		['RateLimit with something left', { ratelimit: '"default";r=3;t=12' }, undefined],
		['two policies, one used up', { ratelimit: '"a";r=5;t=1, "b";r=0;t=40' }, 40_000],
		[
			'RateLimit-Remaining and -Reset',
			{ 'ratelimit-remaining': '0', 'ratelimit-reset': '5' },
			5000,
		],
		[
			'X-RateLimit-Reset as a time',
			{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 20) },
			20_000,
		],
		[
			'X-RateLimit with something left',
			{ 'x-ratelimit-remaining': '4', 'x-ratelimit-reset': '5' },
			undefined,
		],
		['nothing', {}, undefined],
	])('is read from %s', (_what, headers, expected) => {
		expect(requestedPauseMs(headers, now)).toBe(expected);
	});
});

describe('whether to try again', () => {
	const policy: RetryPolicy = {
		maxAttempts: 3,
		backoff: { shape: 'constant', firstMs: 1000, maxMs: 1000, jitter: false },
		retryOn: {
			anyError: false,
			network: true,
			statuses: ['408', '425', '429', '5xx'],
			classes: [],
		},
		obeyHeaders: true,
		longestPauseMs: 300_000,
	};
	const state = { attempts: 1, startedAt: 0, lastDelayMs: 0 };
	const status = (httpStatus: number, headers: Record<string, string> = {}) =>
		factsFrom({ message: 'no', status: httpStatus, response: { headers } });
	const decide = (change: Partial<RetryPolicy>, failure = status(503), attempts = 1, now = 0) =>
		decideRetry({ ...policy, ...change }, { ...state, attempts }, failure, now, half);

	it.each([408, 425, 429, 500, 502, 503, 504, 599])('tries %d again', (code) => {
		expect(isRetryable(policy.retryOn, status(code))).toBe(true);
	});

	it.each([400, 401, 403, 404, 409, 422])('does not try %d again', (code) => {
		expect(isRetryable(policy.retryOn, status(code))).toBe(false);
	});

	it.each([
		{ message: 'connect ECONNREFUSED 127.0.0.1:9' },
		{ message: 'gone', code: 'ECONNRESET' },
		{ message: 'gone', httpCode: 'ETIMEDOUT' },
		{ message: 'gone', cause: { code: 'ENOTFOUND' } },
		{ message: 'The service refused the connection - perhaps it is offline' },
		'socket hang up',
	])('tries network failure %j again', (error) => {
		expect(isRetryable(policy.retryOn, factsFrom(error))).toBe(true);
		expect(isRetryable({ ...policy.retryOn, network: false }, factsFrom(error))).toBe(false);
	});

	it('tries an error class, a message, or any error again when told so', () => {
		const error = factsFrom({ name: 'LockError', message: 'Deadlock found' });
		const none = { ...policy.retryOn, network: false, statuses: [] };
		expect(isRetryable(none, error)).toBe(false);
		expect(isRetryable({ ...none, classes: ['LockError'] }, error)).toBe(true);
		expect(isRetryable({ ...none, message: /deadlock/i }, error)).toBe(true);
		expect(isRetryable({ ...none, anyError: true }, error)).toBe(true);
	});

	it('stops after the last attempt', () => {
		expect(decide({}, status(503), 2)).toEqual({ kind: 'retry', delayMs: 1000 });
		expect(decide({}, status(503), 3)).toEqual({ kind: 'give-up', reason: 'attempts' });
	});

	it('begins no attempt after the deadline', () => {
		expect(decide({ deadlineMs: 5000 }, status(503), 1, 4000)).toMatchObject({ kind: 'retry' });
		expect(decide({ deadlineMs: 5000 }, status(503), 1, 4001)).toMatchObject({
			reason: 'deadline',
		});
	});

	it('waits as long as asked, unless that is too long or not to be obeyed', () => {
		const asked = status(429, { 'retry-after': '60' });
		expect(decide({}, asked)).toEqual({ kind: 'retry', delayMs: 60_000 });
		expect(decide({ longestPauseMs: 59_999 }, asked)).toMatchObject({ reason: 'pause-too-long' });
		expect(decide({ obeyHeaders: false }, asked)).toEqual({ kind: 'retry', delayMs: 1000 });
	});
});
