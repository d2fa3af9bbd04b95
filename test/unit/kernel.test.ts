import { digestOf } from '../../sidecar/kernel/canonical-json';
import { newId } from '../../sidecar/kernel/ids';
import { backoffDelay } from '../../sidecar/kernel/backoff';

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
