import {
	type ConcurrencyLease,
	type HeldKey,
	type LeaseClaim,
	decideLeases,
} from '../quotas/concurrency';
import type { ConcurrencyStore, LeasesAnswer } from '../quotas/concurrency-store';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

export function createConcurrencyStore(pool: Pool): ConcurrencyStore {
	return {
		acquire: async (key, claim, ids) =>
			await transaction(pool, async (tx) => await acquire(tx, key, claim, ids)),
		renew: async (key, id, fence, ttlMs) =>
			await transaction(pool, async (tx) => {
				// Not beside somebody who counts it as over at this very moment.
				await tx.query(holdKeySql, [key]);
				const { rows } = await tx.query<LeaseRow>(renewSql, [key, id, fence, ttlMs]);
				return rows[0] ? toLease(rows[0]) : null;
			}),
		release: async (key, id) => {
			await pool.query(releaseSql, [key, id]);
		},
		find: async (key) => {
			const { rows } = await pool.query<{ lease_limit: number }>(findKeySql, [key]);
			if (!rows[0]) return null;
			const leases = await pool.query<LeaseRow>(listSql, [key]);
			return { key, limit: rows[0].lease_limit, leases: leases.rows.map(toLease) };
		},
		list: async ({ limit, after }) => {
			const { rows } = await pool.query<HeldKey>(keysSql, [after, limit]);
			return rows;
		},
		purge: async () => {
			await pool.query(purgeSql);
		},
	};
}

interface LeaseRow {
	id: string;
	key: string;
	fence: number;
	tenant: string | null;
	execution_id: string | null;
	granted_at: Date;
	expires_at: Date;
}

async function acquire(
	tx: Queryable,
	key: string,
	claim: LeaseClaim,
	ids: readonly string[],
): Promise<LeasesAnswer> {
	const { limit, tenant, executionId, ttlMs, tenantLimit } = claim;
	// A tenant counts over all keys: first the tenant, then the key, always in this order.
	if (tenant !== null && tenantLimit !== null) await tx.query(lockTenantSql, [tenant]);
	const locked = await tx.query<{ fence: number }>(lockKeySql, [key, limit]);
	const fence = locked.rows[0]?.fence ?? 0;
	// Only a statement begun after the locks sees what those before us were granted.
	const { rows } = await tx.query<HeldRow>(heldSql, [key, tenant]);
	const held = rows[0];
	if (!held) throw new Error('counting leases answered nothing');
	const decision = decideLeases(
		claim,
		{ underKey: held.under_key, byTenant: held.by_tenant, firstEnd: held.first_end },
		held.now,
	);
	if (!decision.granted) return decision;
	const added = await tx.query<LeaseRow>(addSql, [key, ids, fence, tenant, executionId, ttlMs]);
	await tx.query(fenceSql, [key, ids.length]);
	return { granted: true, leases: added.rows.map(toLease) };
}

interface HeldRow {
	under_key: number;
	by_tenant: number;
	first_end: Date | null;
	now: Date;
}

function toLease(row: LeaseRow): ConcurrencyLease {
	return {
		id: row.id,
		key: row.key,
		fence: row.fence,
		tenant: row.tenant,
		executionId: row.execution_id,
		grantedAt: row.granted_at,
		expiresAt: row.expires_at,
	};
}

const columns = `held.id, held.key, held.fence, held.tenant, held.execution_id, held.granted_at,
	held.expires_at`;

const lockTenantSql = `select 1 from quotas where quotas.key = $1 for update`;

const lockKeySql = `
	insert into concurrency_keys as known (key, lease_limit, fence)
	values ($1, $2, 0)
	on conflict (key) do update set lease_limit = excluded.lease_limit
	returning known.fence`;

const holdKeySql = `select 1 from concurrency_keys known where known.key = $1 for update`;

// clock_timestamp() and not now(): the transaction may have waited for the key.
const heldSql = `
	select
		count(*) filter (where held.key = $1) as under_key,
		count(*) filter (where held.tenant = $2) as by_tenant,
		min(held.expires_at) as first_end,
		clock_timestamp() as now
	from concurrency_leases held
	where (held.key = $1 or held.tenant = $2) and held.expires_at > clock_timestamp()`;

const addSql = `
	insert into concurrency_leases as held
		(id, key, fence, tenant, execution_id, granted_at, expires_at)
	select wanted.id, $1, $3 + wanted.nth, $4, $5, clock_timestamp(),
		clock_timestamp() + $6 * interval '1 millisecond'
	from unnest($2::uuid[]) with ordinality as wanted (id, nth)
	returning ${columns}`;

const fenceSql = `
	update concurrency_keys set fence = concurrency_keys.fence + $2
	where concurrency_keys.key = $1`;

const renewSql = `
	update concurrency_leases held
	set expires_at = clock_timestamp() + $4 * interval '1 millisecond'
	where held.key = $1 and held.id = $2 and held.fence = $3
		and held.expires_at > clock_timestamp()
	returning ${columns}`;

const releaseSql = `
	delete from concurrency_leases held where held.key = $1 and held.id = $2`;

const findKeySql = `
	select known.lease_limit from concurrency_keys known where known.key = $1`;

const listSql = `
	select ${columns} from concurrency_leases held
	where held.key = $1 and held.expires_at > clock_timestamp()
	order by held.fence`;

const keysSql = `
	select known.key, known.lease_limit as limit, count(held.id) as held
	from concurrency_keys known
	left join concurrency_leases held
		on held.key = known.key and held.expires_at > clock_timestamp()
	where $1::text is null or known.key > $1
	group by known.key, known.lease_limit
	order by known.key
	limit $2`;

const purgeSql = `
	delete from concurrency_leases held where held.expires_at < clock_timestamp()`;
