import type { Join, Verdict } from '../joins/join';
import type { JoinStore, NewJoin } from '../joins/join-store';
import type { NewParked } from '../parking/parked-store';
import { type ChildRow, joinColumns, type JoinRow, toChild, toJoin } from './join-row';
import * as sql from './join-sql';
import { park } from './parked-store';
import type { Pool, Queryable } from './queryable';
import { storedJson } from './stored-text';
import { transaction } from './transaction';

export function createJoinStore(pool: Pool): JoinStore {
	const ids = async (text: string, values: unknown[]): Promise<string[]> =>
		(await pool.query<{ id: string }>(text, values)).rows.map(({ id }) => id);
	return {
		create: async (join, ticket) =>
			await transaction(pool, async (tx) => await create(tx, join, ticket)),
		markStarted: async (id) => {
			await pool.query(sql.markStarted, [id]);
		},
		find: async (id) => await find(pool, id),
		keepItems: async (id, index, items) => {
			await pool.query(sql.keepItems, [id, index, storedJson(items)]);
		},
		settleChild: async (id, index, end, judge) =>
			await transaction(pool, async (tx) => {
				const join = await lock(tx, id);
				if (!join) return null;
				const values = [id, index, end.state, end.executionId, end.attempts, storedJson(end.error)];
				if ((await tx.query(sql.settleChild, values)).rowCount === 0) return null;
				const { rows } = await tx.query<JoinRow>(sql.countChild, [id, end.state]);
				const counted = rows[0] && toJoin(rows[0]);
				const verdict = counted && judge(counted.policy, counted.counts);
				return verdict ? await finish(tx, id, verdict) : null;
			}),
		end: async (id, judge) =>
			await transaction(pool, async (tx) => {
				const join = await lock(tx, id);
				if (join?.state !== 'running') return null;
				const verdict = judge(join.policy, join.counts);
				return verdict ? await finish(tx, id, verdict) : null;
			}),
		children: async (id, { limit, after, bytes }) => {
			const most = Number.isFinite(bytes) ? bytes : null;
			const { rows } = await pool.query<ChildRow>(sql.children, [id, after ?? -1, limit, most]);
			return rows.map(toChild);
		},
		sizeOf: async (id) =>
			(await pool.query<{ bytes: number }>(sql.sizeOf, [id])).rows[0]?.bytes ?? 0,
		overdue: async (limit) => await ids(sql.overdue, [limit]),
		abandoned: async (olderThanMs, limit) => await ids(sql.abandoned, [olderThanMs, limit]),
		limitChildren: async () => {
			await pool.query(sql.limitChildren);
		},
		toCancel: async (limit) => await ids(sql.toCancel, [limit]),
		openExecutions: async (id, limit) => await ids(sql.openExecutions, [id, limit]),
		markCancelled: async (id) => {
			await pool.query(sql.markCancelled, [id]);
		},
		claimParents: async (everyMs, limit) =>
			(await pool.query<JoinRow>(sql.claimParents, [everyMs, limit])).rows.map(toJoin),
		noteParent: async (id, isThere) =>
			(await pool.query<{ missed: number }>(sql.noteParent, [id, isThere])).rows[0]?.missed ?? 0,
		purge: async (before) => {
			await pool.query(sql.purge, [before]);
		},
		underWay: async (id) =>
			(await pool.query<{ count: number }>(sql.underWay, [id])).rows[0]?.count ?? 0,
	};
}

async function find(db: Queryable, id: string): Promise<Join | null> {
	const { rows } = await db.query<JoinRow>(`select ${joinColumns} from joins where joins.id = $1`, [
		id,
	]);
	return rows[0] ? toJoin(rows[0]) : null;
}

/** Ends and ends of children of one join come one after the other. */
async function lock(tx: Queryable, id: string): Promise<Join | null> {
	const { rows } = await tx.query<JoinRow>(
		`select ${joinColumns} from joins where joins.id = $1 for update`,
		[id],
	);
	return rows[0] ? toJoin(rows[0]) : null;
}

async function create(
	tx: Queryable,
	join: NewJoin,
	ticket: NewParked,
): ReturnType<JoinStore['create']> {
	const { parked, created } = await park(tx, ticket);
	if (!created) {
		const known = parked.joinId === null ? null : await find(tx, parked.joinId);
		if (known) return { join: known, created: false };
		throw new Error(`ticket ${parked.id} was taken for something else`);
	}
	const { parent } = join;
	const { rows } = await tx.query<JoinRow>(sql.create, [
		join.id,
		join.environment,
		join.workflowId,
		JSON.stringify(join.policy),
		join.atOnce,
		join.childDeadlineMs,
		join.deadlineMs,
		parent.executionId,
		parent.nodeId,
		parent.visit,
		parked.id,
		join.children,
	]);
	await tx.query(sql.createChildren, [join.id, join.children]);
	const [row] = rows;
	if (!row) throw new Error(`join ${join.id} was not kept`);
	return { join: toJoin(row), created: true };
}

async function finish(tx: Queryable, id: string, { state, because }: Verdict): Promise<Join> {
	const error = { message: `Not needed any more: ${because}`, errorClass: 'unknown' };
	const { rowCount } = await tx.query(sql.cancelOpen, [id, JSON.stringify(error)]);
	const { rows } = await tx.query<JoinRow>(sql.finish, [id, state, because, rowCount]);
	await tx.query(sql.wakeParent, [id]);
	const [row] = rows;
	if (!row) throw new Error(`join ${id} is gone`);
	return toJoin(row);
}
