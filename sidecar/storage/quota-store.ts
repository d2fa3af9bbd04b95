import type { QuotaStore } from '../quotas/quota-store';
import { createDecidedRows } from './decided-rows';
import type { FleetTime } from './fleet-time';
import { quotaTable } from './limit-tables';
import type { Pool } from './queryable';

export function createQuotaStore(pool: Pool, time: FleetTime): QuotaStore {
	return createDecidedRows(pool, quotaTable, time);
}
