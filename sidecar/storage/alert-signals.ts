import type { AlertSignals, StuckRuns, WorkflowFigures } from '../alerts/signals';
import type { Queryable } from './queryable';

/** What alert rules look at, as far as the tables say it. */
export type StoredSignals = Omit<
	AlertSignals,
	'drift' | 'brokenLaws' | 'overdueWaits' | 'missingWebhooks' | 'unpublished'
>;

export function createAlertSignals(db: Queryable): StoredSignals {
	return {
		executions: async ({ environment, workflow, windowMs }) => {
			const { rows } = await db.query<WorkflowFigures>(figuresSql, [
				environment,
				workflow,
				windowMs,
			]);
			return rows;
		},
		lastSuccess: async (environment, workflow) => {
			const { rows } = await db.query<{ at: Date | null }>(lastSuccessSql, [environment, workflow]);
			return rows[0]?.at ?? null;
		},
		waitingLetters: async ({ environment, workflow }) => {
			const { rows } = await db.query<{ environment: string; count: number }>(lettersSql, [
				environment,
				workflow,
			]);
			return rows;
		},
		openCircuits: async () => {
			const { rows } = await db.query<{ key: string }>(circuitsSql);
			return rows.map(({ key }) => key);
		},
		expiredLetters: async ({ environment, workflow, windowMs }) => {
			const { rows } = await db.query<{ environment: string; count: number }>(expiredSql, [
				environment,
				workflow,
				windowMs,
			]);
			return rows;
		},
		longRunning: async ({ environment, workflow, runningMs }) => {
			const { rows } = await db.query<StuckRuns>(runningSql, [environment, workflow, runningMs]);
			return rows;
		},
		backlog: async () => (await db.query<{ work: string; ms: number }>(backlogSql)).rows,
	};
}

const figuresSql = `
	select
		execution.environment,
		execution.workflow_id as workflow,
		max(execution.workflow_name) as name,
		count(*)::int as finished,
		count(*) filter (where execution.status = 'failed')::int as failed,
		percentile_cont(0.95) within group (
			order by extract(epoch from execution.finished_at - execution.started_at) * 1000
		) filter (where execution.started_at is not null) as "p95Ms"
	from executions as execution
	where execution.status in ('succeeded', 'failed') and execution.told
		and execution.finished_at > statement_timestamp() - $3 * interval '1 millisecond'
		and ($1::text is null or execution.environment = $1)
		and ($2::text is null or execution.workflow_id = $2)
	group by execution.environment, execution.workflow_id
	order by execution.environment, execution.workflow_id`;

// Of what came last: it may have run a million times. Without a success: since we first heard of it.
const lastSuccessSql = `
	select coalesce((
		select max(newest.finished_at) from (
			select execution.finished_at from executions as execution
			where execution.environment = $1 and execution.workflow_id = $2
				and execution.status = 'succeeded'
			order by execution.id desc limit 1000
		) as newest
	), (
		select execution.accepted_at from executions as execution
		where execution.environment = $1 and execution.workflow_id = $2
		order by execution.id limit 1
	)) as at`;

const lettersSql = `
	select environment.name as environment, waiting.count
	from environments as environment
	cross join lateral (
		select count(*)::int as count from dead_letters as letter
		where letter.environment = environment.name and letter.state = 'waiting'
			and ($2::text is null or letter.workflow_id = $2)
	) as waiting
	where ($1::text is null or environment.name = $1) and waiting.count > 0
	order by environment.name`;

const expiredSql = `
	select letter.environment, count(*)::int as count
	from dead_letters as letter
	where letter.state = 'expired'
		and letter.updated_at > statement_timestamp() - $3 * interval '1 millisecond'
		and ($1::text is null or letter.environment = $1)
		and ($2::text is null or letter.workflow_id = $2)
	group by letter.environment
	order by letter.environment`;

const runningSql = `
	select execution.environment, execution.workflow_id as workflow,
		max(execution.workflow_name) as name, count(*)::int as runs,
		(array_agg(execution.engine_execution_id order by execution.started_at))[1] as oldest
	from executions as execution
	where execution.status = 'running'
		and execution.started_at < statement_timestamp() - $3 * interval '1 millisecond'
		and ($1::text is null or execution.environment = $1)
		and ($2::text is null or execution.workflow_id = $2)
	group by execution.environment, execution.workflow_id
	order by execution.environment, execution.workflow_id`;

const circuitsSql = `
	select circuit.key from circuits as circuit
	where circuit.state ->> 'is' = 'open'
		and (circuit.state ->> 'until')::float8 > extract(epoch from clock_timestamp()) * 1000
		or circuit.state ->> 'is' = 'forced' and circuit.state ->> 'state' = 'open'
	order by circuit.key`;

const backlogSql = `
	select due.work, extract(epoch from clock_timestamp() - due.since)::float8 * 1000 as ms
	from (
		select 'executions' as work, min(execution.due_at) as since
		from executions as execution
		where execution.status = 'queued' and not execution.held
		union all
		select 'deliveries', least(
			(select min(delivery.next_attempt_at) from webhook_deliveries as delivery
			where delivery.state = 'pending' and delivery.ordering_key is null),
			(select min(delivery.next_attempt_at) from webhook_deliveries as delivery
			where delivery.state = 'pending' and delivery.ordering_key is not null))
		union all
		select 'replays', min(letter.next_replay_at)
		from dead_letters as letter
		where letter.state = 'scheduled'
	) as due
	where due.since < clock_timestamp()`;
