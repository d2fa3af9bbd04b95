import type { RateLimitStore } from '../rate-limits/rate-limit-store';
import { createDecidedRows } from './decided-rows';
import type { FleetTime } from './fleet-time';
import type { Pool } from './queryable';
import { quotaTable, rateLimitTable } from './limit-tables';
import { rowQueries } from './row-queries';
import { transaction } from './transaction';

export function createRateLimitStore(pool: Pool, time: FleetTime): RateLimitStore {
	const rows = createDecidedRows(pool, rateLimitTable, time);
	const limits = rowQueries(rateLimitTable, time);
	const quotas = rowQueries(quotaTable, time);
	return {
		...rows,
		decideWithQuota: async (key, tenant, decide) =>
			await transaction(pool, async (tx) => {
				// Always in this order, so that two of these never wait for each other.
				const quota = await quotas.lock(tx, tenant);
				const limit = await limits.lock(tx, key);
				const now = time.now() ?? (await limits.timeOf(tx));
				const decided = decide(limit?.row ?? null, quota?.row ?? null, now);
				if (decided.limit !== limit?.row) await limits.write(tx, key, decided.limit, limit);
				if (quota && decided.quota && decided.quota !== quota.row) {
					await quotas.write(tx, tenant, decided.quota, quota);
				}
				return decided.answer;
			}),
	};
}
