import { simulateRateLimit } from '../../../sidecar/rate-limits/simulate';

it('makes nobody wait below the limit', () => {
	const course = [{ forMs: 60_000, callsPerSecond: 1 }];
	const result = simulateRateLimit({ limit: 120, intervalMs: 60_000, burst: 1 }, course);
	expect(result).toMatchObject({ calls: 60, waitMs: { median: 0, p95: 0, longest: 0 } });
});

it('spreads what is too much, and says how long that takes', () => {
	const course = [{ forMs: 60_000, callsPerSecond: 2 }];
	const result = simulateRateLimit({ limit: 60, intervalMs: 60_000, burst: 1 }, course);
	expect(result.calls).toBe(120);
	expect(result.drainedAtMs).toBeGreaterThanOrEqual(119_000);
	expect(result.waitMs.longest).toBeGreaterThan(result.waitMs.median);
	const sum = (of: 'asked' | 'started') => result.pieces.reduce((all, piece) => all + piece[of], 0);
	expect([sum('asked'), sum('started')]).toEqual([120, 120]);
	const firstMinute = result.pieces.filter(({ atMs }) => atMs < 60_000);
	expect(firstMinute.reduce((all, { started }) => all + started, 0)).toBeLessThanOrEqual(62);
});
