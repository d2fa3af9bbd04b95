import type { ParkedState } from '../parking/parked';
import type { NewParked, ParkedStore } from '../parking/parked-store';
import { claimParked, renewParked, settleParked, upcomingParked } from './parked-leases';
import { parkedColumns, type ParkedRow, toParked } from './parked-row';
import type { Queryable } from './queryable';

export function createParkedStore(db: Queryable): ParkedStore {
	return {
		park: async (parked) => await park(db, parked),
		find: async (id) => {
			const { rows } = await db.query<ParkedRow>(findSql, [id]);
			return rows[0] ? toParked(rows[0]) : null;
		},
		list: async ({ environment, state, executionId, workflowId }, { limit, after }) => {
			const { rows } = await db.query<ParkedRow>(listSql, [
				environment ?? null,
				state ?? null,
				executionId ?? null,
				workflowId ?? null,
				after,
				limit,
			]);
			return rows.map(toParked);
		},
		cancel: async (id) => {
			const { rows } = await db.query<ParkedRow>(cancelSql, [id]);
			return rows[0] ? toParked(rows[0]) : null;
		},
		upcoming: async () => await upcomingParked(db),
		claim: async (environment, claim) => await claimParked(db, environment, claim),
		renew: async (ids, owner, leaseMs) => {
			await renewParked(db, ids, owner, leaseMs);
		},
		settle: async (id, fence, settlement) => await settleParked(db, id, fence, settlement),
		purge: async (before) => {
			await db.query(purgeSql, [before]);
		},
		count: async () => {
			const { rows } = await db.query<{
				environment: string;
				state: ParkedState;
				parked: number;
			}>(countSql);
			return rows;
		},
	};
}

/** Two statements when it was there and stays as it is; a caller may have a transaction around it. */
export async function park(db: Queryable, parked: NewParked): ReturnType<ParkedStore['park']> {
	const { wake } = parked;
	const ticket = [
		parked.environment,
		parked.executionId,
		parked.tokenDigest,
		parked.nodeId,
		parked.visit,
	];
	const kept = await db.query<ParkedRow>(parkSql, [
		...ticket,
		parked.id,
		parked.sealedToken,
		parked.workflowId,
		parked.joinId,
		wake && 'at' in wake ? wake.at : null,
		wake && 'inMs' in wake ? wake.inMs : null,
	]);
	const row = kept.rows[0] ?? (await db.query<ParkedRow>(findTicketSql, ticket)).rows[0];
	if (!row) throw new Error(`execution ${parked.executionId} was not parked`);
	return { parked: toParked(row), created: row.id === parked.id };
}

const wakeSql = `coalesce($10::timestamptz,
	clock_timestamp() + $11::float8 * interval '1 millisecond')`;

const parkSql = `
	insert into parked (environment, execution_id, token_digest, node_id, visit, id, sealed_token,
		workflow_id, join_id, state, wake_at, due_at, created_at, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'parked', ${wakeSql}, ${wakeSql},
		clock_timestamp(), clock_timestamp())
	on conflict (environment, execution_id, token_digest, node_id, visit) do update set
		state = 'parked', wake_at = excluded.wake_at, due_at = excluded.due_at, attempts = 0,
		trouble = null, gone_because = null, settled_at = null, updated_at = excluded.updated_at
	where parked.state not in ('resuming', 'resumed') and parked.join_id is null
		and excluded.join_id is null
	returning ${parkedColumns}`;

const findTicketSql = `
	select ${parkedColumns} from parked
	where parked.environment = $1 and parked.execution_id = $2 and parked.token_digest = $3
		and parked.node_id = $4 and parked.visit = $5`;

const findSql = `select ${parkedColumns} from parked where parked.id = $1`;

const listSql = `
	select ${parkedColumns} from parked
	where ($1::text is null or parked.environment = $1)
		and ($2::text is null or parked.state = $2)
		and ($3::text is null or parked.execution_id = $3)
		and ($4::text is null or parked.workflow_id = $4)
		and ($5::uuid is null or parked.id < $5)
	order by parked.id desc
	limit $6`;

const cancelSql = `
	update parked set state = 'cancelled', due_at = null, trouble = null,
		settled_at = clock_timestamp(), updated_at = clock_timestamp()
	where parked.id = $1 and parked.state = 'parked'
	returning ${parkedColumns}`;

const purgeSql = `delete from parked where parked.settled_at < $1`;

const countSql = `
	select parked.environment, parked.state, count(*) as parked from parked
	group by parked.environment, parked.state
	order by parked.environment, parked.state`;
