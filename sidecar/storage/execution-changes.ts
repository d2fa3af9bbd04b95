import type { Execution } from '../executions/execution';
import { executionColumns, toExecution, type ExecutionRow } from './execution-row';
import { passOn } from './execution-steps';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

/** One that is queued is cancelled at once; one under way is marked, and stopped by a job. */
export async function cancelExecution(pool: Pool, id: string, at: Date): Promise<Execution | null> {
	return await transaction(pool, async (tx) => {
		const { rows } = await tx.query<ExecutionRow & { was_held: boolean }>(
			`with found as (
				select executions.id, executions.status, executions.held from executions
				where executions.id = $1
					and executions.status in ('queued', 'running', 'waiting', 'in-doubt')
				for update
			)
			update executions set cancel_requested = true,
				fence = executions.fence + case when found.status = 'queued' then 1 else 0 end,
				status = case when found.status = 'queued' then 'canceled' else executions.status end,
				outcome = case when found.status = 'queued' then 'canceled' end,
				finished_at = case when found.status = 'queued' then $2::timestamptz end,
				due_at = null, look_at = case when found.status = 'queued' then null
					else executions.look_at end, held = false
			from found where executions.id = found.id
			returning ${executionColumns}, found.held as was_held`,
			[id, at],
		);
		const row = rows[0];
		if (!row) return null;
		// Only one that had a place gives it on.
		if (row.status === 'canceled' && row.group_id !== null && !row.was_held) {
			await passOn(tx, row.group_id);
		}
		return toExecution(row);
	});
}

export async function toStop(db: Queryable, limit: number): Promise<Execution[]> {
	const { rows } = await db.query<ExecutionRow>(
		`select ${executionColumns} from executions
		where (executions.cancel_requested or executions.deadline <= clock_timestamp())
			and executions.look_at is not null
			and executions.status in ('running', 'waiting', 'in-doubt')
		order by executions.id limit $1`,
		[limit],
	);
	return rows.map(toExecution);
}

export async function markTold(db: Queryable, ids: string[]): Promise<void> {
	await db.query(`update executions set told = true where executions.id = any ($1)`, [ids]);
}

export async function nameLetter(db: Queryable, id: string, letterId: string): Promise<void> {
	await db.query(`update executions set letter_id = $2 where executions.id = $1`, [id, letterId]);
}

export async function pauseDispatch(
	db: Queryable,
	environment: string,
	workflowId: string,
): Promise<void> {
	await db.query(
		`insert into dispatch_pauses (environment, workflow_id) values ($1, $2)
		on conflict (environment, workflow_id) do nothing`,
		[environment, workflowId],
	);
}

export async function resumeDispatch(
	db: Queryable,
	environment: string,
	workflowId: string,
): Promise<void> {
	await db.query(
		`delete from dispatch_pauses
		where dispatch_pauses.environment = $1 and dispatch_pauses.workflow_id = $2`,
		[environment, workflowId],
	);
}

export async function pausedSince(
	db: Queryable,
	environment: string,
	workflowId: string,
): Promise<Date | null> {
	const { rows } = await db.query<{ paused_at: Date }>(
		`select dispatch_pauses.paused_at from dispatch_pauses
		where dispatch_pauses.environment = $1 and dispatch_pauses.workflow_id = $2`,
		[environment, workflowId],
	);
	return rows[0]?.paused_at ?? null;
}

/** A small batch, so that nothing waits for it. */
export async function purgeExecutions(
	db: Queryable,
	settledBefore: Date,
	limit: number,
): Promise<number> {
	const { rowCount } = await db.query(
		`delete from executions where executions.id in (
			select executions.id from executions
			where executions.told and executions.status in ('succeeded', 'failed', 'canceled')
				and executions.finished_at < $1
			order by executions.finished_at limit $2 for update skip locked)`,
		[settledBefore, limit],
	);
	return rowCount ?? 0;
}
