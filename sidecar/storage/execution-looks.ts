import type { ExecutionClaim } from '../executions/execution-store';
import { fromJson } from './claim-executions';
import {
	attemptColumns,
	executionColumns,
	toAttempt,
	toExecution,
	type AttemptRow,
	type ExecutionRow,
} from './execution-row';
import type { Queryable } from './queryable';

type ClaimRow = ExecutionRow & { attempt: AttemptRow | null };

export async function renewExecutions(db: Queryable, owner: string, ttlMs: number): Promise<void> {
	await db.query(
		`update executions set look_at = clock_timestamp() + $2 * interval '1 millisecond'
		where executions.look_at is not null and executions.lease_owner = $1
			and executions.status = 'running' and executions.look_at > ${atOnce}`,
		[owner, ttlMs],
	);
}

/** A look that goes before all others, and that no lease puts off. */
const atOnce = "'epoch'";

/** Only the last attempt counts: those before it are over. */
export async function lookAtCrashed(
	db: Queryable,
	environment: string,
	traceparent: string,
): Promise<void> {
	await db.query(
		`update executions set look_at = ${atOnce}
		from execution_attempts as attempts
		where attempts.traceparent = $2 and executions.id = attempts.execution_id
			and executions.attempts = attempts.number and executions.environment = $1
			and executions.status in ('running', 'waiting', 'in-doubt')
			and executions.look_at is not null`,
		[environment, traceparent],
	);
}

export async function lookAtGone(
	db: Queryable,
	environment: string,
	engineExecutionId: string,
): Promise<void> {
	await db.query(
		`update executions set look_at = ${atOnce}
		where executions.engine_execution_id = $2 and executions.environment = $1
			and executions.status in ('running', 'waiting', 'in-doubt')
			and executions.look_at is not null and executions.lease_owner is null`,
		[environment, engineExecutionId],
	);
}

export async function claimLooks(
	db: Queryable,
	owner: string,
	ttlMs: number,
	limit: number,
): Promise<ExecutionClaim[]> {
	return await take(
		db,
		`select executions.id from executions
		where executions.look_at <= statement_timestamp()
			and executions.status in ('running', 'waiting', 'in-doubt')
		order by executions.look_at limit $3 for update skip locked`,
		[owner, ttlMs, limit],
	);
}

/** What is held by a full group can be overdue, too. */
export async function claimOverdue(
	db: Queryable,
	owner: string,
	ttlMs: number,
	limit: number,
): Promise<ExecutionClaim[]> {
	return await take(
		db,
		`select executions.id from executions
		where executions.status = 'queued' and executions.deadline <= statement_timestamp()
			and (executions.look_at is null or executions.look_at <= statement_timestamp())
		order by executions.deadline limit $3 for update skip locked`,
		[owner, ttlMs, limit],
	);
}

/** One whose process is gone becomes in doubt. */
async function take(db: Queryable, which: string, values: unknown[]): Promise<ExecutionClaim[]> {
	const { rows } = await db.query<ClaimRow>(
		`with wanted as (${which}), taken as (
			update executions set lease_owner = $1, fence = executions.fence + 1,
				look_at = clock_timestamp() + $2 * interval '1 millisecond',
				status = case when executions.status = 'running' and executions.lease_owner is not null
					then 'in-doubt' else executions.status end
			from wanted where executions.id = wanted.id
			returning ${executionColumns}
		)
		select taken.*, to_json(last) as attempt from taken
		left join lateral (
			select ${attemptColumns} from execution_attempts
			where execution_attempts.execution_id = taken.id
			order by execution_attempts.number desc limit 1
		) last on true`,
		values,
	);
	return rows.map((row) => ({
		execution: toExecution(row),
		attempt: row.attempt ? toAttempt(fromJson(row.attempt)) : neverTried(row),
		fence: row.fence,
	}));
}

function neverTried({ id, accepted_at: sentAt }: ExecutionRow): ExecutionClaim['attempt'] {
	return {
		executionId: id,
		number: 0,
		route: null,
		status: 'never-started',
		traceparent: '',
		engineExecutionId: null,
		message: null,
		sentAt,
		finishedAt: null,
	};
}

/** How long until somebody has something to do. */
export async function nextIn(db: Queryable): Promise<number | null> {
	const { rows } = await db.query<{ ms: number | null }>(
		`select extract(epoch from least(
			(select min(executions.due_at) from executions
				where executions.status = 'queued' and not executions.held
					and executions.due_at > statement_timestamp()),
			(select min(executions.look_at) from executions where executions.look_at is not null),
			(select min(executions.deadline) from executions
				where executions.deadline is not null and executions.status = 'queued')
		) - clock_timestamp())::float8 * 1000 as ms`,
		[],
		'next_execution_in',
	);
	return rows[0]?.ms ?? null;
}
