import type { ChildState, Join, JoinChild, JoinPolicy, JoinState } from '../joins/join';

export interface JoinRow {
	id: string;
	environment: string;
	workflow_id: string;
	state: JoinState;
	policy: JoinPolicy;
	at_once: number;
	child_deadline_ms: number | null;
	deadline_at: Date | null;
	parent_execution_id: string;
	parent_node_id: string;
	parent_visit: number;
	ticket_id: string;
	total: number;
	succeeded: number;
	failed: number;
	cancelled: number;
	started: boolean;
	because: string | null;
	created_at: Date;
	finished_at: Date | null;
}

export const joinColumns = `joins.id, joins.environment, joins.workflow_id, joins.state,
	joins.policy, joins.at_once, joins.child_deadline_ms, joins.deadline_at,
	joins.parent_execution_id, joins.parent_node_id, joins.parent_visit, joins.ticket_id, joins.total,
	joins.succeeded, joins.failed, joins.cancelled, joins.started, joins.because, joins.created_at,
	joins.finished_at`;

export function toJoin(row: JoinRow): Join {
	return {
		id: row.id,
		environment: row.environment,
		workflowId: row.workflow_id,
		state: row.state,
		policy: row.policy,
		atOnce: row.at_once,
		childDeadlineMs: row.child_deadline_ms,
		deadlineAt: row.deadline_at,
		parent: {
			executionId: row.parent_execution_id,
			nodeId: row.parent_node_id,
			visit: row.parent_visit,
		},
		ticketId: row.ticket_id,
		counts: {
			total: row.total,
			succeeded: row.succeeded,
			failed: row.failed,
			cancelled: row.cancelled,
		},
		started: row.started,
		because: row.because,
		createdAt: row.created_at,
		finishedAt: row.finished_at,
	};
}

export interface ChildRow {
	index: number;
	state: ChildState;
	engine_execution_id: string | null;
	attempts: number;
	items: JoinChild['items'] | null;
	error: JoinChild['error'];
}

export function toChild(row: ChildRow): JoinChild {
	return {
		index: row.index,
		state: row.state,
		executionId: row.engine_execution_id,
		attempts: row.attempts,
		// One that is run again may have left some before.
		items: row.state === 'succeeded' ? (row.items ?? []) : [],
		error: row.error,
	};
}
