import type { DecidedRows } from '../kernel/decide';
import type { Quota } from '../quotas/quota';
import type { RateLimit } from './rate-limit';

/** Decides on a limit and the quota of the tenant who asks. */
export type DecideWithQuota<Answer> = (
	limit: RateLimit | null,
	quota: Quota | null,
	now: number,
) => { limit: RateLimit; quota: Quota | null; answer: Answer };

/** Port of the rate limits: decisions of the whole fleet on one limit are made one after the other. */
export interface RateLimitStore extends DecidedRows<RateLimit> {
	/** Changes both or none. What the decision throws comes through. */
	decideWithQuota<Answer>(
		key: string,
		tenant: string,
		decide: DecideWithQuota<Answer>,
	): Promise<Answer>;
}
