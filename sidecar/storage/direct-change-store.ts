import type {
	DeletedWorkflow,
	DirectChangeStore,
	PausedWorkflow,
} from '../direct-changes/direct-change-store';
import type { Queryable } from './pool';

export function createDirectChangeStore(db: Queryable): DirectChangeStore {
	const paused = async (condition: string, values: unknown[]) =>
		(await db.query<PausedWorkflow>(`${selectPaused} where ${condition}`, values)).rows;
	const deleted = async (rest: string, values: unknown[]) =>
		(await db.query<DeletedWorkflow>(`${selectDeleted} where ${rest}`, values)).rows;
	return {
		findPaused: async (environment, workflowId) =>
			(
				await paused('paused_workflows.environment = $1 and paused_workflows.workflow_id = $2', [
					environment,
					workflowId,
				])
			)[0] ?? null,
		pausedIn: async (environment) =>
			await paused('paused_workflows.environment = $1 order by paused_workflows.workflow_id', [
				environment,
			]),
		putPaused: async (row) => {
			await db.query(putPausedSql, [
				row.environment,
				row.workflowId,
				row.name,
				row.liveVersionId,
				row.kept,
				row.reason,
				row.pausedBy,
				row.pausedAt,
			]);
		},
		dropPaused: async (environment, workflowId) => {
			await db.query(
				`delete from paused_workflows where paused_workflows.environment = $1
					and paused_workflows.workflow_id = $2`,
				[environment, workflowId],
			);
		},
		findDeleted: async (environment, workflowId) =>
			(
				await deleted(
					`deleted_workflows.environment = $1 and deleted_workflows.workflow_id = $2
					order by deleted_workflows.id desc limit 1`,
					[environment, workflowId],
				)
			)[0] ?? null,
		listDeleted: async (environment, { limit, after }) =>
			await deleted(
				`deleted_workflows.environment = $1
					and ($2::uuid is null or deleted_workflows.id < $2)
				order by deleted_workflows.id desc limit $3`,
				[environment, after, limit],
			),
		addDeleted: async (row) => {
			await db.query(addDeletedSql, [
				row.id,
				row.environment,
				row.workflowId,
				row.workflowKey,
				row.name,
				row.draft,
				row.live,
				JSON.stringify(row.tags),
				row.state,
				row.reason,
				row.deletedBy,
				row.deletedAt,
			]);
		},
		markDeleted: async (id, state, restoredAs) => {
			await db.query(
				`update deleted_workflows set state = $2, restored_as = $3
				where deleted_workflows.id = $1`,
				[id, state, restoredAs],
			);
		},
	};
}

const selectPaused = `select paused_workflows.environment, paused_workflows.workflow_id as "workflowId",
	paused_workflows.name, paused_workflows.live_version_id as "liveVersionId", paused_workflows.kept,
	paused_workflows.reason, paused_workflows.paused_by as "pausedBy",
	paused_workflows.paused_at as "pausedAt" from paused_workflows`;

const putPausedSql = `
	insert into paused_workflows (environment, workflow_id, name, live_version_id, kept, reason,
		paused_by, paused_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8)
	on conflict (environment, workflow_id) do update set name = excluded.name,
		live_version_id = excluded.live_version_id, kept = excluded.kept, reason = excluded.reason,
		paused_by = excluded.paused_by, paused_at = excluded.paused_at`;

const selectDeleted = `select deleted_workflows.id, deleted_workflows.environment,
	deleted_workflows.workflow_id as "workflowId", deleted_workflows.workflow_key as "workflowKey",
	deleted_workflows.name, deleted_workflows.draft, deleted_workflows.live, deleted_workflows.tags,
	deleted_workflows.state, deleted_workflows.restored_as as "restoredAs", deleted_workflows.reason,
	deleted_workflows.deleted_by as "deletedBy", deleted_workflows.deleted_at as "deletedAt"
	from deleted_workflows`;

const addDeletedSql = `
	insert into deleted_workflows (id, environment, workflow_id, workflow_key, name, draft, live, tags,
		state, reason, deleted_by, deleted_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
