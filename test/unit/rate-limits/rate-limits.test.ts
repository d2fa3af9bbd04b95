import type { Quota } from '../../../sidecar/quotas/quota';
import type { RateLimit } from '../../../sidecar/rate-limits/rate-limit';
import type { RateLimitStore } from '../../../sidecar/rate-limits/rate-limit-store';
import { memoryRows } from '../../support/memory-rows';
import { movingClock } from '../../support/moving-clock';
import { rateLimitSuite } from './rate-limit-suite';

describe('rate limits by the pure model', () => {
	rateLimitSuite(() => {
		const clock = movingClock();
		const limits = memoryRows<RateLimit>(clock);
		const quotas = memoryRows<Quota>(clock);
		const rateLimits: RateLimitStore = {
			...limits,
			decideWithQuota: async (key, tenant, decide) => {
				const held = (await quotas.find(tenant))?.row ?? null;
				return await limits.decide(key, (row, now) => {
					const { limit, quota, answer } = decide(row, held, now);
					if (quota) void quotas.decide(tenant, () => ({ row: quota, answer: null }));
					return { row: limit, answer };
				});
			},
		};
		return { rateLimits, quotas, clock };
	});
});
