import type { ExecutionQuery, ExecutionRecord } from '../port/execution';
import { readRecord } from './read-run';
import { ours } from './run-id';
import type { Session } from './session';
import { readWorkflowName } from './workflow-name';

const running = "ExecutionStatus = 'Running'";

/** The states of the port in the words of Temporal's list filters; null: it has none of that kind. */
const conditions: Record<NonNullable<ExecutionQuery['status']>, string | null> = {
	new: null,
	running,
	waiting: null,
	success: "ExecutionStatus in ('Completed', 'ContinuedAsNew')",
	error: "ExecutionStatus in ('Failed', 'TimedOut')",
	crashed: null,
	canceled: "ExecutionStatus in ('Canceled', 'Terminated')",
	unknown: null,
};

/** Newest first. */
export async function listRuns(
	session: Session,
	query: ExecutionQuery,
): Promise<ExecutionRecord[]> {
	const { status, workflowId, startedAfter, limit } = query;
	const parts: string[] = [];
	if (status !== undefined) {
		const condition = conditions[status];
		if (condition === null) return [];
		parts.push(condition);
	}
	if (workflowId !== undefined) {
		const { type, taskQueue } = readWorkflowName(workflowId, session.taskQueue);
		parts.push(`WorkflowType = ${quoted(type)}`, `TaskQueue = ${quoted(taskQueue)}`);
	}
	if (startedAfter !== undefined) parts.push(`StartTime > ${quoted(startedAfter)}`);
	return await select(session, parts.join(' and '), limit);
}

/** All runs of one workflow id. */
export async function runsOf(session: Session, workflowId: string): Promise<ExecutionRecord[]> {
	return await select(session, `WorkflowId = ${quoted(workflowId)}`);
}

/** What others began or ended since then, oldest first. */
export async function changesSince(session: Session, since: Date): Promise<ExecutionRecord[]> {
	const from = quoted(since.toISOString());
	const when = `(StartTime >= ${from} or CloseTime >= ${from})`;
	const changed = await select(session, `${when} and WorkflowId NOT STARTS_WITH ${quoted(ours)}`);
	return changed.reverse();
}

async function select(session: Session, query: string, limit?: number): Promise<ExecutionRecord[]> {
	return await session.call(async (client) => {
		const records: ExecutionRecord[] = [];
		const pageSize = Math.min(limit ?? 1_000, 1_000);
		for await (const info of client.workflow.list({ query, pageSize })) {
			if (limit !== undefined && records.length >= limit) break;
			records.push(readRecord(info, session.taskQueue));
		}
		return records;
	});
}

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
