import type { ExecutionDetail } from '../engines/port/execution';
import type { TriggerCopies } from '../executions/copy-running';
import type { Queryable } from './queryable';
import { storedJson } from './stored-text';

/** With the row of the open execution it is of, and gone with that. */
export function createTriggerCopies(client: Queryable): TriggerCopies {
	return {
		missing: async (environment, executionIds, { runningForMs, limit }) => {
			const { rows } = await client.query<{ id: string }>(
				`select follow_open.execution_id as id from follow_open
				where follow_open.environment = $1 and follow_open.execution_id = any ($2)
					and follow_open.copy is null
					and follow_open.seen_at <= now() - $3 * interval '1 millisecond'
				order by follow_open.seen_at, follow_open.execution_id limit $4`,
				[environment, executionIds, runningForMs, limit],
			);
			return rows.map(({ id }) => id);
		},
		keep: async (environment, { id, workflowId }, trigger) => {
			await client.query(
				`update follow_open set copy = $3
				where follow_open.environment = $1 and follow_open.execution_id = $2`,
				// Also where there is none: it is not asked for again.
				[environment, id, storedJson({ workflowId, trigger })],
			);
		},
		find: async (environment, { id, workflowId }) => {
			const { rows } = await client.query<{ copy: Copy | null }>(
				`select follow_open.copy from follow_open
				where follow_open.environment = $1 and follow_open.execution_id = $2`,
				[environment, id],
			);
			const copy = rows[0]?.copy ?? null;
			return copy?.workflowId === workflowId ? copy.trigger : null;
		},
	};
}

interface Copy {
	workflowId: string;
	trigger: ExecutionDetail['trigger'];
}
