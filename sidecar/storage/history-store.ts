import type {
	HistoryPosition,
	HistoryStore,
	Observed,
	Provisional,
} from '../executions/history-store';
import type { Pool, Queryable } from './queryable';
import { storedText, storedTexts } from './stored-text';
import { transaction } from './transaction';

export function createHistoryStore(pool: Pool): HistoryStore {
	return {
		loadPosition: async (environment) => {
			const { rows } = await pool.query<HistoryPosition & { lookedAt: Date }>(
				`select history_positions.source, history_positions.start_id as "startId",
					history_positions.floor_id as "floorId", history_positions.looked_at as "lookedAt"
				from history_positions where history_positions.environment = $1`,
				[environment],
			);
			return rows[0] ?? null;
		},
		savePosition: async (environment, { source, startId, floorId }, at) => {
			await pool.query(
				`insert into history_positions (environment, source, start_id, floor_id, looked_at)
				values ($1, $2, $3, $4, $5)
				on conflict (environment) do update set source = excluded.source,
					start_id = excluded.start_id, floor_id = excluded.floor_id,
					looked_at = excluded.looked_at`,
				[environment, source, startId, floorId, at],
			);
		},
		observe: async (environment, observed) => await observe(pool, environment, observed),
		open: async (environment, limit) =>
			await ids(
				pool,
				`executions.origin = 'observed' and executions.status in ('running', 'waiting')`,
				environment,
				limit,
			),
		provisional: async (environment, limit) => await provisional(pool, environment, limit),
		claimForOurs: async (...claim) => await claimForOurs(pool, ...claim),
		settleProvisional: async (environment) => {
			await pool.query(removeOursSql, [environment]);
			await pool.query(revealSettledSql, [environment]);
		},
		reveal: async (id) => {
			await pool.query(`update executions set provisional = false where executions.id = $1`, [id]);
		},
		forget: async (environment, engineExecutionId) => {
			await pool.query(forgetSql, [environment, engineExecutionId]);
		},
		unexamined: async (environment, limit) =>
			await ids(
				pool,
				`executions.origin = 'observed' and not executions.examined
				and not executions.provisional
				and executions.outcome in ('error', 'crashed', 'canceled')`,
				environment,
				limit,
			),
		examined: async (environment, { workflowId, engineExecutionId }, what) => {
			await pool.query(
				`update executions set examined = true, error = $4, error_class = $5,
					workflow_name = coalesce($6, executions.workflow_name), version_id = $7
				where executions.environment = $1 and executions.workflow_id = $2
					and executions.engine_execution_id = $3 and executions.origin = 'observed'`,
				[
					environment,
					workflowId,
					engineExecutionId,
					storedTexts(what.error && { ...what.error }),
					what.errorClass,
					storedText(what.workflowName),
					what.versionId,
				],
			);
		},
	};
}

async function ids(
	db: Queryable,
	condition: string,
	environment: string,
	limit: number,
): Promise<string[]> {
	const { rows } = await db.query<{ id: string }>(
		`select executions.engine_execution_id as id from executions
		where executions.environment = $1 and ${condition} order by executions.id limit $2`,
		[environment, limit],
	);
	return rows.map(({ id }) => id);
}

async function observe(db: Queryable, environment: string, observed: Observed[]): Promise<void> {
	if (observed.length === 0) return;
	const rows = observed.map((one) => ({
		id: one.id,
		workflow_id: one.workflowId,
		workflow_name: storedText(one.workflowName),
		engine_execution_id: one.engineExecutionId,
		mode: one.mode,
		status: one.status,
		outcome: one.outcome,
		started_at: one.startedAt,
		finished_at: one.finishedAt,
	}));
	await db.query(observeSql, [environment, JSON.stringify(rows)]);
}

/** Clocks of the engine and of the database may differ by this much. */
const aboutThen = `attempts.sent_at between seen.started_at - interval '1 minute'
	and seen.started_at + interval '1 minute'`;

/** By the attempts, and from there by keys: its workflow may have run a million times. */
const attemptOfOurs = (which: string) => `select from (
		select attempts.execution_id from execution_attempts attempts where ${which} offset 0
	) as sent
	cross join lateral (select from executions ours
		where ours.id = sent.execution_id and ours.environment = $1
			and ours.workflow_id = seen.workflow_id limit 1
	) as ours`;

const knownOfOurs = attemptOfOurs('attempts.engine_execution_id = seen.engine_execution_id');
const perhapsOfOurs = attemptOfOurs(`attempts.engine_execution_id is null and ${aboutThen}`);

const observeSql = `
	insert into executions (id, environment, origin, workflow_id, workflow_name, status, outcome, mode,
		engine_execution_id, provisional, told, accepted_at, started_at, finished_at)
	select seen.id, $1, 'observed', seen.workflow_id, seen.workflow_name, seen.status, seen.outcome,
		seen.mode, seen.engine_execution_id,
		exists (${perhapsOfOurs}),
		true, seen.started_at, seen.started_at, seen.finished_at
	from json_to_recordset($2::json) as seen (id uuid, workflow_id text, workflow_name text,
		engine_execution_id text, mode text, status text, outcome text, started_at timestamptz,
		finished_at timestamptz)
	where not exists (${knownOfOurs})
	on conflict (environment, workflow_id, engine_execution_id) where origin = 'observed'
	do update set status = excluded.status, outcome = excluded.outcome,
		finished_at = excluded.finished_at
	where executions.status in ('running', 'waiting')`;

const removeOursSql = `
	delete from executions seen
	where seen.environment = $1 and seen.provisional
		and exists (${knownOfOurs})`;

const revealSettledSql = `
	update executions seen set provisional = false
	where seen.environment = $1 and seen.provisional
		and not exists (${perhapsOfOurs})`;

const forgetSql = `
	update executions set examined = true, provisional = false,
		status = case when executions.outcome is null then 'canceled' else executions.status end,
		outcome = coalesce(executions.outcome, 'lost'),
		finished_at = coalesce(executions.finished_at, clock_timestamp())
	where executions.environment = $1 and executions.engine_execution_id = $2
		and executions.origin = 'observed'`;

async function provisional(
	db: Queryable,
	environment: string,
	limit: number,
): Promise<Provisional[]> {
	const { rows } = await db.query<Provisional>(
		`select executions.id, executions.workflow_id as "workflowId",
			executions.engine_execution_id as "engineExecutionId", executions.mode
		from executions where executions.environment = $1 and executions.provisional
			and executions.mode <> 'integrated'
		order by executions.id limit $2`,
		[environment, limit],
	);
	return rows;
}

/** The attempt learns its id, the execution too where it was its last, and the row of its own goes. */
async function claimForOurs(
	pool: Pool,
	{ id, engineExecutionId }: Provisional,
	traceparent: string | null,
): Promise<boolean> {
	if (traceparent === null) return false;
	return await transaction(pool, async (tx) => {
		const { rowCount } = await tx.query(
			`with learnt as (
				update execution_attempts set engine_execution_id = $2
				where execution_attempts.traceparent = $1
				returning execution_attempts.execution_id, execution_attempts.number
			), told as (
				update executions set engine_execution_id = $2 from learnt
				where executions.id = learnt.execution_id and executions.attempts = learnt.number
					and executions.engine_execution_id is null
			)
			select from learnt`,
			[traceparent, engineExecutionId],
		);
		if (rowCount === 0) return false;
		await tx.query(`delete from executions where executions.id = $1 and executions.provisional`, [
			id,
		]);
		return true;
	});
}
