import {
	type RateLimit,
	type RateLimitPolicy,
	freshEmission,
	newRateLimit,
	withPolicy,
} from '../../../sidecar/rate-limits/rate-limit';
import {
	type ReservationClaim,
	decideReservation,
	nextAt,
} from '../../../sidecar/rate-limits/reserve';
import { fullestWindow, jainIndex, seeded } from './windows';

const start = 1_900_000_000_000;
const policyOf = (limit: number, intervalMs: number, burst = 1): RateLimitPolicy => ({
	limit,
	intervalMs,
	burst,
});
const one: ReservationClaim = { count: 1, weight: 1, tenant: null, share: 1, maxWaitMs: null };

/** A limit that is asked, and remembers what it gave. */
function asked(policy: RateLimitPolicy) {
	let limit: RateLimit = newRateLimit(policy);
	const grants: Array<{ at: number; weight: number; tenant: string | null }> = [];
	return {
		grants,
		limit: () => limit,
		set: (changed: RateLimit) => (limit = changed),
		/** Offsets from the start, or null when refused. */
		ask: (after: number, claim: Partial<ReservationClaim> = {}): number[] | null => {
			const whole = { ...one, ...claim };
			const decided = decideReservation(limit, null, whole, start + after);
			limit = decided.row;
			if (!decided.answer.granted) return null;
			for (const at of decided.answer.at) {
				grants.push({ at, weight: whole.weight, tenant: whole.tenant });
			}
			return decided.answer.at.map((at) => at - start);
		},
	};
}

describe('the pace', () => {
	it('lets the first go at once and the next ones evenly spaced', () => {
		const { ask } = asked(policyOf(10, 1_000));
		expect(ask(0, { count: 4 })).toEqual([0, 100, 200, 300]);
		expect(ask(50)).toEqual([400]);
	});

	it('goes at once again after a rest, without saving up', () => {
		const { ask } = asked(policyOf(10, 1_000));
		ask(0, { count: 2 });
		expect(ask(60_000, { count: 3 })).toEqual([60_000, 60_100, 60_200]);
	});

	it('lets a burst go at once, then keeps the pace', () => {
		const { ask } = asked(policyOf(10, 1_000, 4));
		expect(ask(0, { count: 6 })).toEqual([0, 0, 0, 0, 100, 200]);
	});

	it('lets the whole limit go at once when the burst is as big, interval after interval', () => {
		const { ask } = asked(policyOf(5, 1_000, 5));
		expect(ask(0, { count: 12 })).toEqual([
			0, 0, 0, 0, 0, 1000, 1000, 1000, 1000, 1000, 2000, 2000,
		]);
	});

	it('takes a weight as that many units', () => {
		const { ask } = asked(policyOf(10, 1_000));
		expect(ask(0, { weight: 3, count: 2 })).toEqual([0, 300]);
		expect(ask(0)).toEqual([600]);
	});

	it('refuses a weight above the limit, whose time would never come', () => {
		const { ask } = asked(policyOf(10, 1_000));
		expect(() => ask(0, { weight: 11 })).toThrow(/at most 10/);
	});

	it('tells the next time without taking it', () => {
		const { ask, limit } = asked(policyOf(10, 1_000));
		ask(0, { count: 3 });
		expect(nextAt(limit(), start) - start).toBe(300);
		expect(ask(0)).toEqual([300]);
	});
});

describe('a wait that is too long', () => {
	it('is refused whole, and nothing is reserved', () => {
		const { ask, limit } = asked(policyOf(10, 1_000));
		ask(0, { count: 5 });
		const before = limit();
		expect(ask(0, { count: 3, maxWaitMs: 600 })).toBeNull();
		expect(limit()).toBe(before);
		expect(ask(0, { count: 2, maxWaitMs: 600 })).toEqual([500, 600]);
	});

	it('names the time from which asking again would do', () => {
		const { ask, limit } = asked(policyOf(10, 1_000));
		ask(0, { count: 10 });
		const refused = decideReservation(limit(), null, { ...one, maxWaitMs: 200 }, start);
		expect(refused.answer).toEqual({ granted: false, retryAt: start + 800 });
		expect(ask(800, { maxWaitMs: 200 })).toEqual([1_000]);
	});
});

describe('any window of the interval', () => {
	const cases = [
		policyOf(1, 1_000),
		policyOf(3, 1_000),
		policyOf(3, 1_000, 2),
		policyOf(7, 997, 7),
		policyOf(10, 60_000, 4),
		policyOf(100, 1_000),
		policyOf(100, 1_000, 30),
		policyOf(333, 777, 333),
		policyOf(5_000, 1_000, 100),
	];

	it.each(cases)(
		'never holds more than $limit in $intervalMs ms with a burst of $burst',
		(policy) => {
			const random = seeded(policy.limit + policy.burst);
			const { ask, grants } = asked(policy);
			let now = 0;
			for (let round = 0; round < 1_500; round += 1) {
				now += random() < 0.05 ? policy.intervalMs * 1.5 * random() : random() * 20;
				const weight = random() < 0.3 ? 1 + Math.floor(random() * Math.min(policy.limit, 9)) : 1;
				const tenant = random() < 0.5 ? ['a', 'b', 'c'][Math.floor(random() * 3)] : null;
				ask(Math.floor(now), {
					weight,
					count: 1 + Math.floor(random() * 5),
					tenant: tenant ?? null,
					maxWaitMs: random() < 0.4 ? 2 * policy.intervalMs : null,
				});
			}
			expect(grants.length).toBeGreaterThan(1_000);
			expect(fullestWindow(grants, policy.intervalMs)).toBeLessThanOrEqual(policy.limit);
		},
	);

	it('never holds more than a lowered limit from then on', () => {
		const { ask, grants, limit, set } = asked(policyOf(100, 1_000, 20));
		ask(0, { count: 60 });
		set(withPolicy(limit(), policyOf(10, 1_000, 10), start + 300));
		grants.length = 0;
		ask(300, { count: 40 });
		expect(fullestWindow(grants, 1_000)).toBeLessThanOrEqual(10);
		expect(grants[0]?.at).toBeGreaterThanOrEqual(start + 1_000);
	});

	it.each(cases)(
		'is used to at least 95 % under demand: $limit in $intervalMs ms, burst $burst',
		(policy) => {
			const { ask, grants } = asked(policy);
			const many = policy.limit * 20;
			while (grants.length < many) ask(0, { count: Math.min(many - grants.length, 1_000) });
			const first = grants[0]?.at ?? 0;
			const took = (grants.at(-1)?.at ?? 0) - first + policy.intervalMs / policy.limit;
			expect((many / policy.limit) * policy.intervalMs).toBeGreaterThanOrEqual(0.95 * took);
		},
	);

	it('keeps a row small whatever is asked of it', () => {
		const { ask, limit } = asked(policyOf(1_000, 1_000, 50));
		const random = seeded(7);
		for (let round = 0; round < 3_000; round += 1) {
			ask(round * 5, { tenant: ['a', 'b', 'c', 'd'][Math.floor(random() * 4)] ?? null, count: 8 });
		}
		expect(JSON.stringify(limit()).length).toBeLessThan(8_000);
	});
});

describe('tenants that compete', () => {
	/** Workers that ask, wait for their time, take `latencyMs`, and ask again; for `forMs`. */
	function compete(
		policy: RateLimitPolicy,
		workers: Record<string, number>,
		{
			forMs,
			latencyMs,
			share,
		}: { forMs: number; latencyMs: number; share?: Record<string, number> },
	) {
		const { ask, grants } = asked(policy);
		const random = seeded(11);
		const waiting = Object.entries(workers).flatMap(([tenant, count]) =>
			Array.from({ length: count }, () => ({ tenant, asksAt: random() * latencyMs })),
		);
		for (;;) {
			waiting.sort((one, other) => one.asksAt - other.asksAt);
			const worker = waiting[0];
			if (!worker || worker.asksAt > forMs) break;
			const now = Math.floor(worker.asksAt);
			const at = ask(now, { tenant: worker.tenant, share: share?.[worker.tenant] ?? 1 })?.[0] ?? 0;
			worker.asksAt = Math.max(at, now) + latencyMs * (0.5 + random());
		}
		const inTime = grants.filter(({ at }) => at - start <= forMs);
		const shares = Object.keys(workers).map(
			(tenant) => inTime.filter((grant) => grant.tenant === tenant).length,
		);
		return {
			shares,
			used: inTime.length / ((policy.limit * forMs) / policy.intervalMs),
			fullest: fullestWindow(grants, policy.intervalMs),
		};
	}

	it.each([
		['equally eager', { a: 20, b: 20, c: 20 }],
		['one four times as eager', { a: 40, b: 10 }],
		['one far more eager than four others', { a: 60, b: 12, c: 12, d: 12, e: 12 }],
	])('get the same share: %s', (_name, workers) => {
		const { shares, used, fullest } = compete(policyOf(100, 1_000), workers, {
			forMs: 30_000,
			latencyMs: 6,
		});
		expect(jainIndex(shares)).toBeGreaterThanOrEqual(0.98);
		expect(used).toBeGreaterThanOrEqual(0.95);
		expect(fullest).toBeLessThanOrEqual(100);
	});

	it('get shares by their weights', () => {
		const { shares } = compete(
			policyOf(100, 1_000),
			{ a: 40, b: 40 },
			{
				forMs: 30_000,
				latencyMs: 6,
				share: { a: 3, b: 1 },
			},
		);
		expect((shares[0] ?? 0) / (shares[1] ?? 1)).toBeGreaterThan(2.8);
		expect((shares[0] ?? 0) / (shares[1] ?? 1)).toBeLessThan(3.2);
	});

	it('leave nothing unused when one of them wants little', () => {
		const { shares, used } = compete(
			policyOf(100, 1_000),
			{ a: 40, b: 1 },
			{
				forMs: 30_000,
				latencyMs: 200,
			},
		);
		expect(used).toBeGreaterThanOrEqual(0.95);
		expect(shares[1]).toBeGreaterThan(80);
	});

	it('do not wait behind what another reserved far ahead while both competed', () => {
		const { ask } = asked(policyOf(100, 1_000));
		ask(0, { tenant: 'b' });
		ask(0, { tenant: 'a', count: 1_000 });
		const [first = 0] = ask(500, { tenant: 'b' }) ?? [];
		expect(first).toBeLessThan(1_000);
	});
});

describe('a quota of the tenant', () => {
	const policy = policyOf(100, 1_000);
	const quota = (limit: number, intervalMs: number) => ({
		policy: { limit, intervalMs },
		used: freshEmission,
	});

	it('holds back what is above it, and leaves the times between free for others', () => {
		const claim = { ...one, tenant: 'a', count: 4 };
		const held = decideReservation(newRateLimit(policy), quota(3, 60_000), claim, start);
		expect(held.answer).toMatchObject({ granted: true });
		if (!held.answer.granted) return;
		expect(held.answer.at.map((at) => at - start)).toEqual([0, 10, 20, 60_000]);
		const others = { ...one, tenant: 'b', count: 3 };
		const next = decideReservation(held.row, null, others, start + 5_000);
		expect(next.answer).toMatchObject({ granted: true });
		if (next.answer.granted) expect(next.answer.at[2]).toBeLessThanOrEqual(start + 5_050);
	});

	it('never leads past the limit itself', () => {
		let limit = newRateLimit(policyOf(20, 1_000, 5));
		let held = quota(30, 5_000);
		const random = seeded(3);
		const grants: Array<{ at: number }> = [];
		for (let round = 0; round < 800; round += 1) {
			const isHeld = random() < 0.5;
			const claim = { ...one, tenant: isHeld ? 'a' : 'b', count: 1 + Math.floor(random() * 3) };
			const decided = decideReservation(limit, isHeld ? held : null, claim, start + round * 40);
			limit = decided.row;
			if (decided.used) held = { ...held, used: decided.used };
			if (decided.answer.granted) grants.push(...decided.answer.at.map((at) => ({ at })));
		}
		expect(fullestWindow(grants, 1_000)).toBeLessThanOrEqual(20);
		expect(JSON.stringify(limit).length).toBeLessThan(8_000);
	});

	it('counts nothing when the reservation is refused', () => {
		const held = quota(3, 60_000);
		const claim = { ...one, tenant: 'a', count: 4, maxWaitMs: 1_000 };
		const decided = decideReservation(newRateLimit(policy), held, claim, start);
		expect(decided.answer).toEqual({ granted: false, retryAt: start + 59_000 });
		expect(decided.used).toBe(held.used);
	});
});
