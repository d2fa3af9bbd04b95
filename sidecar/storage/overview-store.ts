import type { OverviewStore, WorkflowAcross, WorkflowInEnvironment } from '../overview/overview';
import type { Queryable } from './queryable';

type Rows<Name extends keyof OverviewStore> = Awaited<ReturnType<OverviewStore[Name]>>;

/** Runs that are over are found by the index of what is purged later, which told ones are all in. */
export function createOverviewStore(db: Queryable): OverviewStore {
	return {
		environments: async (...asked) =>
			(await db.query<Rows<'environments'>[number]>(environmentsSql, asked)).rows,
		course: async (...asked) => (await db.query<Rows<'course'>[number]>(courseSql, asked)).rows,
		openLetters: async (environment) =>
			(await db.query<Rows<'openLetters'>[number]>(lettersSql, [environment])).rows,
		failing: async (...asked) => (await db.query<Rows<'failing'>[number]>(failingSql, asked)).rows,
		waitingPromotions: async (environment) =>
			(await db.query<{ count: number }>(promotionsSql, [environment])).rows[0]?.count ?? 0,
		workflows: async (since, environment, { limit, after, search, show, workflow }) =>
			(
				await db.query<StoredWorkflow>(workflowsSql, [
					since,
					environment,
					after,
					search,
					limit,
					show,
					workflow,
				])
			).rows.map(toWorkflow),
	};
}

/** Times within JSON come as texts. */
interface StoredWorkflow extends Omit<WorkflowAcross, 'environments'> {
	environments: Array<
		Omit<WorkflowInEnvironment, 'expected'> & {
			expected: (Omit<Expected, 'at'> & { at: string }) | null;
		}
	>;
}
type Expected = NonNullable<WorkflowInEnvironment['expected']>;

function toWorkflow({ environments, ...workflow }: StoredWorkflow): WorkflowAcross {
	return {
		...workflow,
		environments: environments.map(({ expected, ...place }) => ({
			...place,
			expected: expected && { ...expected, at: new Date(expected.at) },
		})),
	};
}

const settled = `execution.told and execution.status in ('succeeded', 'failed', 'canceled')`;
const countOf = (status: string) =>
	`count(*) filter (where execution.status = '${status}')::integer`;

const environmentsSql = `
	select environment.name, environment.stage, position.looked_at as "seenAt",
		coalesce(runs.succeeded, 0) as succeeded, coalesce(runs.failed, 0) as failed,
		open.queued, open.running, letters.count as letters,
		drift.count as drift, scan.error as "driftError", paused.count as paused
	from environments as environment
	left join history_positions as position on position.environment = environment.name
	left join drift_scans as scan on scan.environment = environment.name
	left join (
		select execution.environment, ${countOf('succeeded')} as succeeded,
			${countOf('failed')} as failed
		from executions as execution
		where ${settled} and execution.finished_at >= $1 and not execution.provisional
		group by execution.environment
	) as runs on runs.environment = environment.name
	cross join lateral (
		select ${countOf('queued')} as queued,
			count(*) filter (where execution.status <> 'queued')::integer as running
		from executions as execution
		where execution.environment = environment.name
			and execution.status in ('queued', 'running', 'waiting', 'in-doubt')
			and not execution.provisional
	) as open
	cross join lateral (
		select count(*)::integer from dead_letters as letter
		where letter.environment = environment.name
			and letter.state in ('waiting', 'scheduled', 'replaying')
	) as letters
	cross join lateral (
		select count(*)::integer from drift_findings as finding
		where finding.environment = environment.name and finding.gone_at is null
			and (finding.accepted_until is null or finding.accepted_until <= clock_timestamp())
	) as drift
	cross join lateral (
		select count(*)::integer from paused_workflows as workflow
		where workflow.environment = environment.name
	) as paused
	where $2::text is null or environment.name = $2
	order by environment.stage, environment.name`;

const courseSql = `
	select date_trunc('hour', execution.finished_at) as at,
		${countOf('succeeded')} as succeeded, ${countOf('failed')} as failed
	from executions as execution
	where ${settled} and execution.finished_at >= $1 and not execution.provisional
		and ($2::text is null or execution.environment = $2)
	group by 1 order by 1`;

const failingSql = `
	select execution.environment, execution.workflow_id as "workflowId",
		max(execution.workflow_name) as name,
		count(*) filter (where execution.status <> 'canceled')::integer as finished,
		${countOf('failed')} as failed
	from executions as execution
	where ${settled} and execution.finished_at >= $1 and not execution.provisional
		and ($2::text is null or execution.environment = $2)
	group by execution.environment, execution.workflow_id
	having count(*) filter (where execution.status = 'failed') > 0
	order by failed desc, "workflowId" limit $3`;

const lettersSql = `
	select letter.error_class as "errorClass", count(*)::integer as count
	from environments as environment
	join dead_letters as letter on letter.environment = environment.name
		and letter.state in ('waiting', 'scheduled', 'replaying')
	where $1::text is null or environment.name = $1
	group by letter.error_class order by count desc, "errorClass"`;

const promotionsSql = `
	select count(*)::integer as count from promotions as promotion
	where promotion.phase = 'awaiting-approval'
		and ($1::text is null or promotion.to_environment = $1)`;

// A version in the form it has in one environment goes by the number of the one it came from.
const workflowsSql = `
	with page as (
		select workflow.key, newest.name, newest.number
		from workflows as workflow
		cross join lateral (
			select version.name, version.number from versions as version
			where version.workflow_key = workflow.key and version.number is not null
			order by version.number desc limit 1
		) as newest
		where ($3::text is null or workflow.key > $3)
			and ($7::text is null or workflow.key = $7)
			and ($4::text is null or position(lower($4) in lower(newest.name)) > 0)
			and ($2::text is null or exists (
				select from bindings as binding
				where binding.workflow_key = workflow.key and binding.environment = $2))
			and ($6::text is distinct from 'drifted' or exists (
				select from drift_findings as finding
				where finding.workflow_key = workflow.key and finding.gone_at is null
					and (finding.accepted_until is null or finding.accepted_until <= clock_timestamp())
					and ($2::text is null or finding.environment = $2)))
			and ($6::text is distinct from 'paused' or exists (
				select from bindings as binding
				join paused_workflows as paused on paused.environment = binding.environment
					and paused.workflow_id = binding.workflow_id
				where binding.workflow_key = workflow.key
					and ($2::text is null or binding.environment = $2)))
		order by workflow.key limit $5
	), runs as (
		select execution.environment, execution.workflow_id, ${countOf('succeeded')} as succeeded,
			${countOf('failed')} as failed
		from executions as execution
		where ${settled} and execution.finished_at >= $1 and not execution.provisional
			and exists (
				select from bindings as binding join page on page.key = binding.workflow_key
				where binding.environment = execution.environment
					and binding.workflow_id = execution.workflow_id)
		group by execution.environment, execution.workflow_id
	), places as (
		select binding.workflow_key, binding.environment, binding.workflow_id,
			environment.stage, expectation.source, expectation.expected_at,
			coalesce(expectation.live, expectation.draft) as version_id,
			(
				select max(version.number) from versions as version
				where version.workflow_key = binding.workflow_key
					and version.environment = binding.environment
			) as newest,
			exists (
				select from paused_workflows as paused
				where paused.environment = binding.environment
					and paused.workflow_id = binding.workflow_id
			) as paused,
			array(
				select finding.kind from drift_findings as finding
				where finding.environment = binding.environment
					and finding.workflow_key = binding.workflow_key and finding.gone_at is null
					and (finding.accepted_until is null or finding.accepted_until <= clock_timestamp())
				order by finding.kind
			) as drift,
			coalesce(runs.succeeded, 0) as succeeded, coalesce(runs.failed, 0) as failed
		from bindings as binding
		join page on page.key = binding.workflow_key
		join environments as environment on environment.name = binding.environment
		left join drift_expectations as expectation
			on expectation.environment = binding.environment
			and expectation.workflow_key = binding.workflow_key and not expectation.forgotten
		left join runs on runs.environment = binding.environment
			and runs.workflow_id = binding.workflow_id
		where $2::text is null or binding.environment = $2
	)
	select page.key as "workflowKey", page.name, page.number as "latestVersion",
		coalesce(json_agg(json_build_object(
			'environment', place.environment,
			'workflowId', place.workflow_id,
			'expected', case when place.version_id is not null then json_build_object(
				'versionId', coalesce(version.origin_id, version.id),
				'number', coalesce(version.number, origin.number),
				'source', place.source, 'at', place.expected_at) end,
			'newest', place.newest,
			'paused', place.paused,
			'drift', place.drift,
			'succeeded', place.succeeded,
			'failed', place.failed
		) order by place.stage, place.environment) filter (where place.environment is not null), '[]')
			as environments
	from page
	left join places as place on place.workflow_key = page.key
	left join versions as version on version.id = place.version_id
	left join versions as origin on origin.id = version.origin_id
	group by page.key, page.name, page.number
	order by page.key`;
