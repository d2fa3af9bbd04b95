import type { Quota, QuotaPolicy } from '../quotas/quota';
import type { RateLimit, RateLimitPolicy } from '../rate-limits/rate-limit';
import type { RowTable } from './row-queries';

export const rateLimitTable: RowTable<RateLimit> = {
	name: 'rate_limits',
	toRow: ({ policy, state }) => ({
		...(state as Omit<RateLimit, 'policy'>),
		policy: policy as RateLimitPolicy,
	}),
	toColumns: ({ policy, ...state }) => ({ policy, state }),
};

export const quotaTable: RowTable<Quota> = {
	name: 'quotas',
	toRow: ({ policy, state }) => ({
		policy: policy as QuotaPolicy,
		used: state as Quota['used'],
	}),
	toColumns: ({ policy, used }) => ({ policy, state: used }),
};
