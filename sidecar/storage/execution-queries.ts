import type { Attempt, Execution, ExecutionSummary, Status } from '../executions/execution';
import type { ExecutionFilter } from '../executions/execution-store';
import {
	attemptColumns,
	executionColumns,
	shownExecutionColumns,
	summaryColumns,
	toAttempt,
	toExecution,
	toSummary,
	type AttemptRow,
	type ExecutionRow,
	type SummaryRow,
} from './execution-row';
import type { Queryable } from './queryable';

export async function findExecution(db: Queryable, id: string): Promise<Execution | null> {
	const { rows } = await db.query<ExecutionRow>(
		`select ${shownExecutionColumns} from executions where executions.id = $1`,
		[id],
		'find_execution',
	);
	return rows[0] ? toExecution(rows[0]) : null;
}

export async function attemptsOf(db: Queryable, id: string): Promise<Attempt[]> {
	const { rows } = await db.query<AttemptRow>(
		`select ${attemptColumns} from execution_attempts
		where execution_attempts.execution_id = $1 order by execution_attempts.number`,
		[id],
		'attempts_of_execution',
	);
	return rows.map(toAttempt);
}

/** Only the conditions that are asked for, so that each finds its index. */
export async function listExecutions(
	db: Queryable,
	filter: ExecutionFilter,
	page: { limit: number; after: string | null },
): Promise<ExecutionSummary[]> {
	const values: unknown[] = [];
	const conditions = ['not executions.provisional'];
	const add = (condition: (nth: string) => string, value: unknown) => {
		if (value === undefined || value === null) return;
		values.push(value);
		conditions.push(condition(`$${values.length}`));
	};
	const equal = (column: string, value: unknown) =>
		add((nth) => `executions.${column} = ${nth}`, value);
	equal('environment', filter.environment);
	equal('workflow_id', filter.workflowId);
	equal('status', filter.status);
	equal('outcome', filter.outcome);
	equal('origin', filter.origin);
	equal('error_class', filter.errorClass);
	equal('version_id', filter.versionId);
	equal('tenant', filter.tenant);
	equal('group_id', filter.groupId);
	equal('engine_execution_id', filter.engineExecutionId);
	equal('idempotency_key', filter.idempotencyKey);
	add((nth) => `executions.error ->> 'node' = ${nth}`, filter.failedNode);
	add((nth) => `executions.accepted_at >= ${nth}`, filter.acceptedFrom);
	add((nth) => `executions.accepted_at < ${nth}`, filter.acceptedBefore);
	add(
		(nth) =>
			`(position(lower(${nth}) in lower(executions.workflow_name)) > 0
			or position(lower(${nth}) in lower(executions.error ->> 'message')) > 0)`,
		filter.search,
	);
	add((nth) => `executions.id < ${nth}`, page.after);
	values.push(page.limit);
	const { rows } = await db.query<SummaryRow>(
		`select ${summaryColumns} from executions where ${conditions.join(' and ')}
		order by executions.id desc limit $${values.length}`,
		values,
	);
	return rows.map(toSummary);
}

export async function untold(
	db: Queryable,
	settledBefore: Date,
	limit: number,
): Promise<Execution[]> {
	const { rows } = await db.query<ExecutionRow>(
		`select ${executionColumns} from executions
		where not executions.told and executions.status in ('succeeded', 'failed', 'canceled')
			and executions.finished_at <= $1
		order by executions.finished_at limit $2`,
		[settledBefore, limit],
	);
	return rows.map(toExecution);
}

export async function startedByUs(db: Queryable, traceparent: string): Promise<boolean> {
	const { rows } = await db.query(
		`select from execution_attempts where execution_attempts.traceparent = $1 limit 1`,
		[traceparent],
	);
	return rows.length > 0;
}

export async function queueDepth(
	db: Queryable,
): Promise<Array<{ environment: string; queued: number; oldestDueSeconds: number }>> {
	const { rows } = await db.query<{
		environment: string;
		queued: number;
		oldest_due_seconds: number;
	}>(
		`select executions.environment, count(*)::integer as queued,
			greatest(0, extract(epoch from clock_timestamp() - min(executions.due_at)
				filter (where not executions.held)))::float8 as oldest_due_seconds
		from executions where executions.status = 'queued' group by executions.environment`,
	);
	return rows.map(({ oldest_due_seconds: oldestDueSeconds, ...row }) => ({
		...row,
		oldestDueSeconds,
	}));
}

export async function countsOf(
	db: Queryable,
	groupId: string,
): Promise<Partial<Record<Status, number>>> {
	const { rows } = await db.query<{ status: Status; executions: number }>(
		`select executions.status, count(*)::integer as executions from executions
		where executions.group_id = $1 group by executions.status`,
		[groupId],
	);
	return Object.fromEntries(rows.map((row) => [row.status, row.executions]));
}
