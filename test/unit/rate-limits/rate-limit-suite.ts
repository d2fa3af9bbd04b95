import { newId } from '../../../sidecar/kernel/ids';
import type { Quota } from '../../../sidecar/quotas/quota';
import type { QuotaStore } from '../../../sidecar/quotas/quota-store';
import { putQuota } from '../../../sidecar/quotas/use-quotas';
import type { RateLimitPolicy } from '../../../sidecar/rate-limits/rate-limit';
import type { RateLimitStore } from '../../../sidecar/rate-limits/rate-limit-store';
import type { ReservationClaim } from '../../../sidecar/rate-limits/reserve';
import {
	findRateLimit,
	putRateLimit,
	reserve,
	takeFeedback,
} from '../../../sidecar/rate-limits/use-rate-limits';
import type { MovingClock } from '../../support/moving-clock';
import { fullestWindow, seeded } from './windows';

export interface RateLimitsUnderTest {
	rateLimits: RateLimitStore;
	quotas: QuotaStore;
	clock: MovingClock;
}

const policy: RateLimitPolicy = { limit: 10, intervalMs: 1_000, burst: 1 };

/**
 * What every keeper of rate limits must do; run by the pure model and by Postgres.
 * @param isOrdered whether those who ask at the same moment are served in the order in which they ask
 */
export function rateLimitSuite(open: () => RateLimitsUnderTest, isOrdered = true): void {
	let under: RateLimitsUnderTest;
	let nextKey = 0;
	let key = '';
	let start = 0;

	beforeEach(() => {
		under = open();
		start = under.clock.now().getTime();
		key = `limit-${(nextKey += 1)}`;
	});

	const ports = () => ({
		rateLimits: under.rateLimits,
		quotaOf: async (tenant: string): Promise<Quota | null> =>
			(await under.quotas.find(tenant))?.row ?? null,
	});
	/** Offsets from the start; null when refused. */
	const ask = async (claim: Partial<ReservationClaim> = {}, on = key) => {
		const whole = { count: 1, weight: 1, tenant: null, maxWaitMs: null, ...claim };
		const reserved = await reserve(ports(), on, whole, policy);
		return reserved.granted ? reserved.at.map((at) => at - start) : null;
	};

	it('gives every time once, however many ask at once', async () => {
		const answers = await Promise.all(Array.from({ length: 60 }, async () => await ask()));
		const times = answers.flatMap((answer) => answer ?? []).sort((one, other) => one - other);
		expect(times).toEqual(Array.from({ length: 60 }, (_, index) => index * 100));
	});

	it('goes on where it was', async () => {
		await ask({ count: 3 });
		under.clock.pass(250);
		expect(await ask()).toEqual([300]);
		under.clock.pass(10_000);
		expect(await ask({ count: 2 })).toEqual([10_250, 10_350]);
	});

	it('keeps nothing of what it refuses', async () => {
		await ask({ count: 5 });
		expect(await ask({ count: 2, maxWaitMs: 550 })).toBeNull();
		expect(await ask({ maxWaitMs: 550 })).toEqual([500]);
	});

	it('answers the others when one of those who ask at once asks for nonsense', async () => {
		const [first, wrong, last] = await Promise.allSettled([
			ask(),
			ask({ weight: 11 }),
			ask({ count: 2 }),
		]);
		expect(wrong).toMatchObject({ reason: { code: 'invalid_request' } });
		const turns = [first, last].map((one) => (one.status === 'fulfilled' ? one.value : one.reason));
		const outcomes = [[[0], [100, 200]], ...(isOrdered ? [] : [[[200], [0, 100]]])];
		expect(outcomes).toContainEqual(turns);
	});

	it('must be known, unless a policy comes along', async () => {
		const claim = { count: 1, weight: 1, tenant: null, maxWaitMs: null };
		await expect(reserve(ports(), key, claim, null)).rejects.toMatchObject({
			code: 'rate_limit_not_found',
		});
		await expect(findRateLimit(ports(), key)).rejects.toMatchObject({
			code: 'rate_limit_not_found',
		});
		await expect(takeFeedback(ports(), key, { status: 429, headers: {} })).rejects.toMatchObject({
			code: 'rate_limit_not_found',
		});
	});

	it('goes by a changed policy for what comes', async () => {
		expect(await putRateLimit(ports(), key, policy)).toMatchObject({ created: true });
		await ask({ count: 2 });
		const slower = { ...policy, limit: 2 };
		expect(await putRateLimit(ports(), key, slower)).toMatchObject({ created: false });
		expect(await ask({ count: 2 })).toEqual([1_000, 1_500]);
	});

	it('pauses when told', async () => {
		await ask();
		await takeFeedback(ports(), key, { status: 429, headers: { 'Retry-After': '3' } });
		expect(await ask()).toEqual([3_000]);
	});

	it('keeps a quota over several limits, and all of it or nothing', async () => {
		const tenant = `tenant ${newId()}`;
		const quota = { limit: 3, intervalMs: 60_000, concurrent: null, weight: 1 };
		await putQuota(under.quotas, tenant, quota);
		expect(await ask({ tenant, count: 2 }, `${key} a`)).toEqual([0, 100]);
		expect(await ask({ tenant, count: 2, maxWaitMs: 1_000 }, `${key} b`)).toBeNull();
		expect(await ask({ tenant, count: 2 }, `${key} b`)).toEqual([0, 60_000]);
		expect(await ask({ tenant: 'another' }, `${key} b`)).toEqual([100]);
	});

	it('holds its promise in any window whatever is asked', async () => {
		const random = seeded(5);
		const grants: Array<{ at: number; weight: number }> = [];
		for (let round = 0; round < 60; round += 1) {
			under.clock.pass(Math.floor(random() * 400));
			await Promise.all(
				Array.from({ length: 4 }, async () => {
					const weight = 1 + Math.floor(random() * 3);
					const tenant = ['a', 'b', null][Math.floor(random() * 3)] ?? null;
					const times = await ask({ weight, tenant });
					grants.push(...(times ?? []).map((at) => ({ at, weight })));
				}),
			);
		}
		expect(grants).toHaveLength(240);
		expect(fullestWindow(grants, 1_000)).toBeLessThanOrEqual(10);
	});
}
