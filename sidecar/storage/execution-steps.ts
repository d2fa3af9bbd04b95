import type { Attempt } from '../executions/execution';
import type { ExecutionClaim, ExecutionStep, Learnt, Stepped } from '../executions/execution-store';
import { summaryColumns, toSummary, type SummaryRow } from './execution-row';
import type { Pool, Queryable } from './queryable';
import { storedJson, storedText, storedTexts } from './stored-text';
import { transaction } from './transaction';

/**
 * Writes what came of an attempt; a place that it frees in its group goes to the next. One that was asked
 * to be canceled while it was sent does not go back into the queue: it is canceled.
 */
export async function stepExecution(
	pool: Pool,
	claim: ExecutionClaim,
	step: ExecutionStep,
	learnt: Learnt,
	at: Date,
): Promise<Stepped | null> {
	const stepped = await stepOnce(pool, claim, step, learnt, at);
	if (stepped !== null || !goesBack(step)) return stepped;
	return await stepOnce(pool, claim, { to: 'canceled' }, learnt, at);
}

async function stepOnce(
	pool: Pool,
	claim: ExecutionClaim,
	step: ExecutionStep,
	learnt: Learnt,
	at: Date,
): Promise<Stepped | null> {
	const { groupId } = claim.execution;
	if (groupId === null || !settles(step)) {
		return (await write(pool, claim, step, learnt, at))?.stepped ?? null;
	}
	return await transaction(pool, async (tx) => {
		const written = await write(tx, claim, step, learnt, at);
		// One that waited for a place has none to give.
		if (written && !written.held) await passOn(tx, groupId);
		return written?.stepped ?? null;
	});
}

function settles({ to }: ExecutionStep): boolean {
	return to === 'succeeded' || to === 'failed' || to === 'canceled';
}

function goesBack({ to }: ExecutionStep): boolean {
	return to === 'queued' || to === 'deferred';
}

/** Lets the next of a group go in place of one that is settled. */
export async function passOn(tx: Queryable, groupId: string): Promise<void> {
	await tx.query(`select from execution_groups where execution_groups.id = $1 for update`, [
		groupId,
	]);
	const { rowCount } = await tx.query(
		`update executions set held = false where executions.id = (
			select executions.id from executions
			where executions.group_id = $1 and executions.held and executions.status = 'queued'
			order by executions.priority desc, executions.id limit 1)`,
		[groupId],
	);
	if (rowCount === 1) return;
	await tx.query(
		`update execution_groups set active = execution_groups.active - 1
		where execution_groups.id = $1`,
		[groupId],
	);
}

async function write(
	db: Queryable,
	{ execution, attempt, fence }: ExecutionClaim,
	step: ExecutionStep,
	learnt: Learnt,
	at: Date,
): Promise<{ stepped: Stepped; held: boolean } | null> {
	const row = rowOf(step, at);
	const message = storedText(row.failure?.error.message.slice(0, 2_000) ?? null);
	const { rows } = await db.query<SummaryRow & { held: boolean }>(
		stepSql,
		[
			execution.id,
			fence,
			row.status,
			row.outcome,
			row.dueAt,
			row.lookAt,
			row.result === undefined ? null : storedJson(row.result.value ?? null),
			row.result?.truncated ?? false,
			row.failure ? storedTexts({ ...row.failure.error }) : null,
			row.failure?.errorClass ?? null,
			row.letterId,
			learnt.engineExecutionId ?? null,
			storedText(learnt.workflowName ?? null),
			learnt.versionId ?? null,
			settles(step) ? at : null,
			attempt.number,
			row.attempt,
			learnt.route ?? null,
			message,
			row.attempt === 'running' ? null : at,
			step.to === 'deferred' ? 1 : 0,
			learnt.told ?? false,
		],
		'step_execution',
	);
	const [written] = rows;
	if (!written) return null;
	const result = row.result ? (row.result.value ?? null) : execution.result;
	const truncated = row.result?.truncated ?? execution.resultTruncated;
	return {
		held: written.held,
		stepped: {
			execution: { ...execution, ...toSummary(written), result, resultTruncated: truncated },
			attempt: {
				...attempt,
				status: row.attempt,
				route: learnt.route ?? attempt.route,
				message: message ?? attempt.message,
				engineExecutionId: learnt.engineExecutionId ?? attempt.engineExecutionId,
				finishedAt: row.attempt === 'running' ? null : at,
			},
		},
	};
}

interface Row {
	status: string;
	outcome: string | null;
	dueAt: Date | null;
	lookAt: Date | null;
	result: { value: unknown; truncated: boolean } | undefined;
	failure: Extract<ExecutionStep, { to: 'failed' }>['failure'] | null;
	letterId: string | null;
	attempt: Attempt['status'];
}

function rowOf(step: ExecutionStep, at: Date): Row {
	const none: Row = {
		status: step.to,
		outcome: null,
		dueAt: null,
		lookAt: null,
		result: undefined,
		failure: null,
		letterId: null,
		attempt: 'running',
	};
	switch (step.to) {
		case 'deferred':
			return { ...none, status: 'queued', dueAt: step.at, attempt: 'never-started' };
		case 'queued':
			return { ...none, dueAt: step.at, failure: step.failure, attempt: step.attempt };
		case 'followed':
			return {
				...none,
				status: step.status,
				lookAt: step.lookAt,
				result: step.result,
				failure: step.failure ?? null,
			};
		case 'succeeded':
			return {
				...none,
				outcome: 'success',
				result: step.result ?? undefined,
				attempt: 'succeeded',
			};
		case 'failed': {
			const { outcome, failure, letterId } = step;
			return { ...none, outcome, failure, letterId, attempt: 'failed', dueAt: null, lookAt: null };
		}
		case 'canceled':
			return { ...none, outcome: 'canceled', attempt: 'canceled' };
		default:
			throw new TypeError(`unknown step at ${at.toISOString()}`);
	}
}

const stepSql = `
	with stepped as (
		update executions set status = $3, outcome = $4, due_at = $5, look_at = $6, lease_owner = null,
			result = coalesce($7, executions.result),
			result_truncated = executions.result_truncated or $8,
			error = $9, error_class = $10, letter_id = coalesce($11, executions.letter_id),
			engine_execution_id = case when $3 = 'queued' then null
				else coalesce($12, executions.engine_execution_id) end,
			workflow_name = coalesce($13, executions.workflow_name),
			version_id = coalesce($14, executions.version_id),
			finished_at = $15, attempts = executions.attempts - $21,
			told = case when $15::timestamptz is null then executions.told else $22 end
		where executions.id = $1 and executions.fence = $2
			and executions.status in ('queued', 'running', 'waiting', 'in-doubt')
			and not ($3 = 'queued' and executions.cancel_requested)
		returning ${summaryColumns}, executions.held
	), forgotten as (
		delete from execution_attempts using stepped
		where $21 = 1 and execution_attempts.execution_id = stepped.id
			and execution_attempts.number = $16
	), tried as (
		update execution_attempts set status = $17, route = coalesce($18, execution_attempts.route),
			message = coalesce($19, execution_attempts.message), finished_at = $20,
			engine_execution_id = coalesce($12, execution_attempts.engine_execution_id)
		from stepped
		where $21 = 0 and execution_attempts.execution_id = stepped.id
			and execution_attempts.number = $16
	)
	select stepped.* from stepped`;
