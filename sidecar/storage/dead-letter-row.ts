import type {
	DeadLetter,
	DeadLetterState,
	ErrorClass,
	LetterError,
	LetterOrigin,
	LetterSummary,
	Replay,
	Severity,
} from '../dead-letters/dead-letter';
import { unpack } from './letter-packing';
import type { WorkflowContent } from '../engines/port/workflow';

export interface SummaryRow {
	id: string;
	environment: string;
	dedup_key: string;
	state: DeadLetterState;
	origin: LetterOrigin;
	workflow_id: string;
	workflow_key: string | null;
	workflow_name: string | null;
	execution_id: string | null;
	execution_url: string | null;
	error: LetterError;
	error_class: ErrorClass;
	severity: Severity;
	fingerprint: string | null;
	incident: string | null;
	occurrences: number;
	version_id: string | null;
	execution_ids: string[];
	captured_at: Date | null;
	attempts: number;
	next_replay_at: Date | null;
	note: string | null;
	created_at: Date;
	updated_at: Date;
	expires_at: Date;
	archived_at: Date | null;
}

export interface LetterRow extends SummaryRow {
	trigger: DeadLetter['trigger'];
	failed_input: DeadLetter['failedInput'];
	ran: WorkflowContent | null;
	packed: Buffer | null;
}

// Ids of executions are numbers: the shorter is the older.
const summaryColumns = `dead_letters.id, dead_letters.environment,
	dead_letters.dedup_key, dead_letters.state, dead_letters.origin, dead_letters.workflow_id,
	bindings.workflow_key, dead_letters.workflow_name, dead_letters.execution_id,
	dead_letters.execution_url, array(select letter_executions.execution_id from letter_executions
		where letter_executions.letter_id = dead_letters.id
		order by length(letter_executions.execution_id), letter_executions.execution_id
	) as execution_ids,
	dead_letters.error, dead_letters.error_class, dead_letters.severity, dead_letters.fingerprint, dead_letters.incident,
	dead_letters.occurrences, dead_letters.version_id, dead_letters.captured_at,
	dead_letters.attempts, dead_letters.next_replay_at, dead_letters.note, dead_letters.created_at,
	dead_letters.updated_at, dead_letters.expires_at, dead_letters.archived_at`;

const fromLetters = `from dead_letters
left join bindings on bindings.environment = dead_letters.environment
	and bindings.workflow_id = dead_letters.workflow_id`;

/** Letters with the key of their workflow, where that is known. */
export const selectSummaries = `select ${summaryColumns} ${fromLetters}`;

/** The same with all that may be large. */
export const selectLetters = `select ${summaryColumns}, dead_letters.trigger,
	dead_letters.failed_input, dead_letters.ran, letter_archive.content as packed ${fromLetters}
left join letter_archive on letter_archive.letter_id = dead_letters.id`;

/** What was learnt of it after it was packed counts more than what is packed. */
export async function toLetter(row: LetterRow): Promise<DeadLetter> {
	const packed = row.packed && (await unpack(row.packed));
	return {
		...toSummary(row),
		trigger: row.trigger ?? packed?.trigger ?? null,
		failedInput: row.failed_input.length > 0 ? row.failed_input : (packed?.failedInput ?? []),
		ran: row.ran ?? packed?.ran ?? null,
	};
}

export function toSummary(row: SummaryRow): LetterSummary {
	return {
		id: row.id,
		environment: row.environment,
		dedupKey: row.dedup_key,
		state: row.state,
		origin: row.origin,
		workflowId: row.workflow_id,
		workflowKey: row.workflow_key,
		workflowName: row.workflow_name,
		executionId: row.execution_id,
		executionUrl: row.execution_url,
		executionIds: row.execution_ids,
		error: row.error,
		errorClass: row.error_class,
		severity: row.severity,
		fingerprint: row.fingerprint,
		incident: row.incident,
		occurrences: row.occurrences,
		versionId: row.version_id,
		capturedAt: row.captured_at,
		attempts: row.attempts,
		nextReplayAt: row.next_replay_at,
		note: row.note,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
		expiresAt: row.expires_at,
		archivedAt: row.archived_at,
	};
}

export interface ReplayRow {
	letter_id: string;
	number: number;
	strategy: Replay['strategy'];
	version: string | null;
	status: Replay['status'];
	traceparent: string;
	retried_execution_id: string | null;
	execution_id: string | null;
	message: string | null;
	requested_by: string;
	started_at: Date;
	finished_at: Date | null;
}

export const replayColumns = `replays.letter_id, replays.number, replays.strategy, replays.version,
	replays.status, replays.traceparent, replays.retried_execution_id, replays.execution_id,
	replays.message, replays.requested_by, replays.started_at, replays.finished_at`;

export function toReplay(row: ReplayRow): Replay {
	return {
		letterId: row.letter_id,
		number: row.number,
		strategy: row.strategy,
		version: row.version,
		status: row.status,
		traceparent: row.traceparent,
		retriedId: row.retried_execution_id,
		executionId: row.execution_id,
		message: row.message,
		requestedBy: row.requested_by,
		startedAt: row.started_at,
		finishedAt: row.finished_at,
	};
}
