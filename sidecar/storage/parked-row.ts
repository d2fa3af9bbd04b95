import type { GoneBecause, Parked, ParkedState } from '../parking/parked';

export interface ParkedRow {
	id: string;
	environment: string;
	execution_id: string;
	sealed_token: string;
	node_id: string;
	visit: number;
	workflow_id: string | null;
	state: ParkedState;
	wake_at: Date | null;
	join_id: string | null;
	due_at: Date | null;
	attempts: number;
	in_doubt: boolean;
	trouble: string | null;
	gone_because: GoneBecause | null;
	fence: number;
	created_at: Date;
	updated_at: Date;
	settled_at: Date | null;
}

export const parkedColumns = `parked.id, parked.environment, parked.execution_id,
	parked.sealed_token, parked.node_id, parked.visit, parked.workflow_id, parked.state,
	parked.wake_at, parked.join_id, parked.due_at, parked.attempts, parked.in_doubt, parked.trouble,
	parked.gone_because, parked.fence, parked.created_at, parked.updated_at, parked.settled_at`;

export function toParked(row: ParkedRow): Parked {
	return {
		id: row.id,
		environment: row.environment,
		executionId: row.execution_id,
		sealedToken: row.sealed_token,
		nodeId: row.node_id,
		visit: row.visit,
		workflowId: row.workflow_id,
		state: row.state,
		wakeAt: row.wake_at,
		joinId: row.join_id,
		dueAt: row.due_at,
		attempts: row.attempts,
		inDoubt: row.in_doubt,
		trouble: row.trouble,
		goneBecause: row.gone_because,
		fence: row.fence,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
		settledAt: row.settled_at,
	};
}
