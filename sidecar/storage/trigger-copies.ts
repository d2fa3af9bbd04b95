import type { ExecutionDetail } from '../engines/port/execution';
import type { TriggerCopies } from '../executions/copy-running';
import type { Queryable } from './queryable';

/** With the row of the open execution it is of, and gone with that. */
export function createTriggerCopies(client: Queryable): TriggerCopies {
	return {
		missing: async (environment, executionIds, { runningForMs, limit }) => {
			const { rows } = await client.query<{ id: string }>(
				`select follow_open.execution_id as id from follow_open
				where follow_open.environment = $1 and follow_open.execution_id = any ($2)
					and follow_open.trigger is null
					and follow_open.seen_at <= now() - $3 * interval '1 millisecond'
				order by follow_open.seen_at, follow_open.execution_id limit $4`,
				[environment, executionIds, runningForMs, limit],
			);
			return rows.map(({ id }) => id);
		},
		keep: async (environment, executionId, trigger) => {
			await client.query(
				`update follow_open set trigger = $3
				where follow_open.environment = $1 and follow_open.execution_id = $2`,
				// As JSON also where there is none: it is not asked for again.
				[environment, executionId, JSON.stringify(trigger)],
			);
		},
		find: async (environment, executionId) => {
			const { rows } = await client.query<{ trigger: ExecutionDetail['trigger'] }>(
				`select follow_open.trigger from follow_open
				where follow_open.environment = $1 and follow_open.execution_id = $2`,
				[environment, executionId],
			);
			return rows[0]?.trigger ?? null;
		},
	};
}
