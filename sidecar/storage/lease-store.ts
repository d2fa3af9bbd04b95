import type { LeaseStore } from '../jobs/lease';
import type { Queryable } from './queryable';

export function createLeaseStore(db: Queryable): LeaseStore {
	return {
		acquire: async (name, owner, ttlMs) => {
			const { rows } = await db.query<{ fence: number }>(acquireSql, [name, owner, ttlMs]);
			return rows[0] ? { fence: rows[0].fence } : null;
		},
		renew: async (name, owner, fence, ttlMs) => {
			const { rowCount } = await db.query(renewSql, [name, owner, fence, ttlMs]);
			return rowCount === 1;
		},
		release: async (name, owner, fence) => {
			await db.query(releaseSql, [name, owner, fence]);
		},
	};
}

// clock_timestamp() and not now(): the statement may have waited for the row.
const acquireSql = `
	insert into leases as held (name, owner, fence, expires_at)
	values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
	on conflict (name) do update set
		owner = excluded.owner,
		fence = held.fence + 1,
		expires_at = clock_timestamp() + $3 * interval '1 millisecond'
	where held.owner is null or held.expires_at <= clock_timestamp()
	returning held.fence`;

const renewSql = `
	update leases
	set expires_at = clock_timestamp() + $4 * interval '1 millisecond'
	where leases.name = $1 and leases.owner = $2 and leases.fence = $3
		and leases.expires_at > clock_timestamp()`;

const releaseSql = `
	update leases
	set owner = null
	where leases.name = $1 and leases.owner = $2 and leases.fence = $3`;
