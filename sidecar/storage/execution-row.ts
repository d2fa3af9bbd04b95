import type { ErrorClass } from '../dead-letters/dead-letter';
import type { Attempt, Execution, ExecutionSummary } from '../executions/execution';

export interface SummaryRow {
	id: string;
	environment: string;
	workflow_id: string;
	workflow_name: string | null;
	status: Execution['status'];
	outcome: Execution['outcome'];
	origin: Execution['origin'];
	retry_of: string | null;
	tenant: string;
	priority: number;
	idempotency_key: string | null;
	group_id: string | null;
	version_id: string | null;
	engine_execution_id: string | null;
	mode: string | null;
	attempts: number;
	due_at: Date | null;
	deadline: Date | null;
	cancel_requested: boolean;
	error: Execution['error'];
	error_class: ErrorClass | null;
	letter_id: string | null;
	accepted_at: Date;
	started_at: Date | null;
	finished_at: Date | null;
}

export interface ExecutionRow extends SummaryRow {
	input: Execution['shownInput'];
	sealed_input: string | null;
	wanted_version: string | null;
	policy: Execution['policy'];
	result: unknown;
	result_truncated: boolean;
	fence: number;
	input_digest: string | null;
}

const summaryNames = [
	'id',
	'environment',
	'workflow_id',
	'workflow_name',
	'status',
	'outcome',
	'origin',
	'retry_of',
	'tenant',
	'priority',
	'idempotency_key',
	'group_id',
	'version_id',
	'engine_execution_id',
	'mode',
	'attempts',
	'due_at',
	'deadline',
	'cancel_requested',
	'error',
	'error_class',
	'letter_id',
	'accepted_at',
	'started_at',
	'finished_at',
];
const largeNames = [
	'input',
	'sealed_input',
	'wanted_version',
	'policy',
	'result',
	'result_truncated',
	'fence',
	'input_digest',
];
const qualified = (names: string[]) => names.map((name) => `executions.${name}`).join(', ');

export const executionColumns = qualified([...summaryNames, ...largeNames]);

/** An observed one names no letter of its own: the letter names it, whenever that was kept. */
const shownLetter = `case when executions.origin = 'observed' then coalesce(executions.letter_id, (
	select letter_executions.letter_id from letter_executions
	where letter_executions.environment = executions.environment
		and letter_executions.workflow_id = executions.workflow_id
		and letter_executions.execution_id = executions.engine_execution_id
)) else executions.letter_id end as letter_id`;
const shown = (columns: string) => columns.replace('executions.letter_id', shownLetter);

/** For whoever looks; what decides over work of ours reads the plain columns. */
export const summaryColumns = shown(qualified(summaryNames));
export const shownExecutionColumns = shown(executionColumns);

export function toSummary(row: SummaryRow): ExecutionSummary {
	return {
		id: row.id,
		environment: row.environment,
		workflowId: row.workflow_id,
		workflowName: row.workflow_name,
		status: row.status,
		outcome: row.outcome,
		origin: row.origin,
		retryOf: row.retry_of,
		tenant: row.tenant === '' ? null : row.tenant,
		priority: row.priority,
		idempotencyKey: row.idempotency_key,
		groupId: row.group_id,
		versionId: row.version_id,
		engineExecutionId: row.engine_execution_id,
		mode: row.mode,
		attempts: row.attempts,
		dueAt: row.due_at,
		deadline: row.deadline,
		cancelRequested: row.cancel_requested,
		error: row.error,
		errorClass: row.error_class,
		letterId: row.letter_id,
		acceptedAt: row.accepted_at,
		startedAt: row.started_at,
		finishedAt: row.finished_at,
	};
}

export function toExecution(row: ExecutionRow): Execution {
	return {
		...toSummary(row),
		shownInput: row.input,
		sealedInput: row.sealed_input,
		wantedVersion: row.wanted_version,
		policy: row.policy,
		result: row.result,
		resultTruncated: row.result_truncated,
	};
}

export interface AttemptRow {
	execution_id: string;
	number: number;
	route: Attempt['route'];
	status: Attempt['status'];
	traceparent: string;
	engine_execution_id: string | null;
	message: string | null;
	sent_at: Date;
	finished_at: Date | null;
}

export const attemptColumns = [
	'execution_id',
	'number',
	'route',
	'status',
	'traceparent',
	'engine_execution_id',
	'message',
	'sent_at',
	'finished_at',
]
	.map((name) => `execution_attempts.${name}`)
	.join(', ');

export function toAttempt(row: AttemptRow): Attempt {
	return {
		executionId: row.execution_id,
		number: row.number,
		route: row.route,
		status: row.status,
		traceparent: row.traceparent,
		engineExecutionId: row.engine_execution_id,
		message: row.message,
		sentAt: row.sent_at,
		finishedAt: row.finished_at,
	};
}
