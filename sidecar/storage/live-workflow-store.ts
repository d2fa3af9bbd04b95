import type { LiveWorkflow, LiveWorkflowStore } from '../alerts/live-workflow';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

export function createLiveWorkflowStore(client: Queryable): LiveWorkflowStore {
	return {
		known: async (environment) =>
			await rowsWhere(client, 'where live_workflows.environment = $1', [environment]),
		keep: async (environment, { id, name, liveVersionId, webhooks }) => {
			await client.query(
				`insert into live_workflows (environment, workflow_id, name, live_version_id, webhooks)
				values ($1, $2, $3, $4, $5)
				on conflict (environment, workflow_id) do update set name = excluded.name,
					live_version_id = excluded.live_version_id, webhooks = excluded.webhooks, gone_at = null`,
				[environment, id, storedText(name), liveVersionId, JSON.stringify(webhooks)],
			);
		},
		gone: async (environment, ids, at) => {
			await client.query(
				`update live_workflows set gone_at = $3
				where live_workflows.environment = $1 and live_workflows.workflow_id = any ($2)
					and live_workflows.gone_at is null`,
				[environment, ids, at],
			);
		},
		forget: async (environment, ids) => {
			await client.query(
				`delete from live_workflows
				where live_workflows.environment = $1 and live_workflows.workflow_id = any ($2)`,
				[environment, ids],
			);
		},
		wentSince: async (environment, since) =>
			await rowsWhere(
				client,
				`where live_workflows.environment = $1 and live_workflows.gone_at >= $2
					and not exists (select from paused_workflows
						where paused_workflows.environment = live_workflows.environment
							and paused_workflows.workflow_id = live_workflows.workflow_id)`,
				[environment, since],
			),
	};
}

async function rowsWhere(
	client: Queryable,
	where: string,
	values: unknown[],
): Promise<LiveWorkflow[]> {
	const { rows } = await client.query<LiveWorkflow>(
		`select live_workflows.workflow_id as id, live_workflows.name,
			live_workflows.live_version_id as "liveVersionId", live_workflows.webhooks,
			live_workflows.gone_at as "goneAt"
		from live_workflows ${where} order by live_workflows.workflow_id`,
		values,
	);
	return rows;
}
