import { digestOf } from '../../sidecar/kernel/canonical-json';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { backoffDelay } from '../../sidecar/kernel/backoff';
import { retryAfterMs } from '../../sidecar/kernel/retry-after';
import { newTraceparent } from '../../sidecar/kernel/traceparent';

it('gives the same digest whatever the order of keys', () => {
	expect(digestOf({ a: 1, b: [{ c: 2, d: null }] })).toBe(
		digestOf({ b: [{ d: null, c: 2 }], a: 1 }),
	);
});

it('makes ids that sort by time of creation', () => {
	const ids = Array.from({ length: 100 }, () => newId());
	expect([...ids].sort()).toEqual(ids);
});

describe('backoff', () => {
	const policy = { baseDelayMs: 1000, maxDelayMs: 10_000, jitter: 0.5 };

	it('doubles per attempt and stops at the maximum', () => {
		expect([1, 2, 3, 4, 5].map((attempt) => backoffDelay(policy, attempt, 0))).toEqual([
			1000, 2000, 4000, 8000, 10_000,
		]);
	});

	it('takes away at most the share of jitter', () => {
		expect(backoffDelay(policy, 1, 0.999999)).toBe(500);
	});
});

describe('a sleep', () => {
	it('rejects with the reason it was cut short for, and no error of its own', async () => {
		const over = new AbortController();
		const asleep = systemClock.sleep(60_000, over.signal);
		over.abort('over');
		await expect(asleep).rejects.toBe('over');
		await expect(systemClock.sleep(0, over.signal)).rejects.toBe('over');
	});

	it('ends by itself when nobody cuts it short', async () => {
		await systemClock.sleep(1, new AbortController().signal);
		await systemClock.sleep(1);
	});
});

it('makes a trace context as W3C wants it, another one each time', () => {
	expect(newTraceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
	expect(newTraceparent()).not.toBe(newTraceparent());
});

it('reads the patience that is asked for, in seconds or until a date', () => {
	const noon = new Date('2031-04-01T12:00:00Z');
	expect(retryAfterMs(' 120', noon)).toBe(120_000);
	expect(retryAfterMs('Tue, 01 Apr 2031 12:00:05 GMT', noon)).toBe(5_000);
	expect(retryAfterMs('Tue, 01 Apr 2031 11:00:00 GMT', noon)).toBe(0);
	for (const header of [undefined, 'soon', '-1', '', '2.5']) {
		expect(retryAfterMs(header, noon)).toBeNull();
	}
});
