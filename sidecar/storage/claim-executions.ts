import type { ClaimOrder, ExecutionClaim } from '../executions/execution-store';
import { takeTurns, type Lane, type TenantShare } from '../executions/fair-turns';
import { lockedTransaction } from './advisory-lock';
import {
	attemptColumns,
	executionColumns,
	toAttempt,
	toExecution,
	type AttemptRow,
	type ExecutionRow,
} from './execution-row';
import type { Pool, Queryable } from './queryable';

interface LaneRow {
	environment: string;
	tenant: string;
	workflow_id: string;
	heads: Lane['heads'];
	pass: number | null;
	clock: number | null;
	quota: { weight?: number; concurrent?: number | null } | null;
}

interface CountRow {
	environment: string;
	workflow_id: string;
	tenant: string;
	running: number;
}

/** Without a transaction: mostly there is nothing. */
export async function isExecutionDue(db: Queryable): Promise<boolean> {
	return (await db.query(dueSql, [], 'executions_due')).rowCount > 0;
}

/** One claim at a time over the fleet: limits are counted exactly, and turns are taken in order. */
export async function claimExecutions(pool: Pool, order: ClaimOrder): Promise<ExecutionClaim[]> {
	const most = Math.max(order.otherwise, ...order.slots.values());
	if (most <= 0) return [];
	return await lockedTransaction(pool, 'dispatch', async (tx) => {
		const full = [...order.slots].filter(([, slots]) => slots <= 0).map(([name]) => name);
		const lanes = (await tx.query<LaneRow>(lanesSql, [most, full], 'execution_lanes')).rows;
		if (lanes.length === 0) return [];
		const counts = isLimited(lanes)
			? (await tx.query<CountRow>(countSql, [], 'executions_under_way')).rows
			: [];
		const chosen = takeTurns(turnsOf(lanes, counts, order));
		if (chosen.ids.length === 0) return [];
		// Alone, a tenant neither gains nor loses.
		if (isShared(lanes)) {
			await tx.query(
				turnsSql,
				[
					chosen.passes.map(({ environment }) => environment),
					chosen.passes.map(({ tenant }) => tenant),
					chosen.passes.map(({ pass }) => pass),
					chosen.clocks.map(({ environment }) => environment),
					chosen.clocks.map(({ clock }) => clock),
				],
				'keep_dispatch_turns',
			);
		}
		return await take(tx, chosen.ids, order);
	});
}

function isLimited(lanes: LaneRow[]): boolean {
	return lanes.some(
		({ quota, heads }) =>
			(quota?.concurrent ?? null) !== null || heads.some(({ concurrency }) => concurrency !== null),
	);
}

function isShared(lanes: LaneRow[]): boolean {
	const tenants = new Set(lanes.map(({ environment, tenant }) => `${environment} ${tenant}`));
	return tenants.size > new Set(lanes.map(({ environment }) => environment)).size;
}

function turnsOf(lanes: LaneRow[], counts: CountRow[], order: ClaimOrder) {
	const sum = (of: (row: CountRow) => boolean) =>
		counts.filter(of).reduce((total, { running }) => total + running, 0);
	const shares = new Map<string, TenantShare>();
	const clocks = new Map<string, number>();
	for (const { environment, tenant, pass, quota, clock } of lanes) {
		const { weight = 1, concurrent = null } = quota ?? {};
		shares.set(`${environment} ${tenant}`, { pass: pass ?? 0, weight, concurrent });
		clocks.set(environment, clock ?? 0);
	}
	return {
		lanes: lanes.map(({ workflow_id: workflowId, ...lane }) => ({ ...lane, workflowId })),
		slots: (environment: string) => order.slots.get(environment) ?? order.otherwise,
		ofWorkflow: (environment: string, workflowId: string) =>
			sum((row) => row.environment === environment && row.workflow_id === workflowId),
		ofTenant: (tenant: string) => sum((row) => row.tenant === tenant),
		shareOf: (environment: string, tenant: string) =>
			shares.get(`${environment} ${tenant}`) ?? { pass: 0, weight: 1, concurrent: null },
		clockOf: (environment: string) => clocks.get(environment) ?? 0,
	};
}

async function take(tx: Queryable, ids: string[], order: ClaimOrder): Promise<ExecutionClaim[]> {
	const traces = ids.map(() => order.newTraceparent());
	const { rows } = await tx.query<ExecutionRow & { attempt: AttemptRow }>(
		takeSql,
		[ids, traces, order.owner, order.ttlMs],
		'take_executions',
	);
	const claims = new Map(
		rows.map((row) => [
			row.id,
			{ execution: toExecution(row), attempt: toAttempt(fromJson(row.attempt)), fence: row.fence },
		]),
	);
	return ids.flatMap((id) => claims.get(id) ?? []);
}

/** A row that came as JSON has texts for times. */
export function fromJson(row: AttemptRow): AttemptRow {
	const { finished_at: finished, sent_at: sent } = row;
	return { ...row, sent_at: new Date(sent), finished_at: finished && new Date(finished) };
}

const dueSql = `
	select from executions
	where executions.status = 'queued' and not executions.held
		and executions.due_at <= statement_timestamp() limit 1`;

// The lanes are found by hopping through the index, however many wait in each.
const lanesSql = `
	with recursive lanes as (
		(select executions.environment, executions.tenant, executions.workflow_id from executions
		where executions.status = 'queued' and not executions.held
		order by executions.environment, executions.tenant, executions.workflow_id limit 1)
		union all
		select next.environment, next.tenant, next.workflow_id from lanes, lateral (
			select executions.environment, executions.tenant, executions.workflow_id from executions
			where executions.status = 'queued' and not executions.held
				and (executions.environment, executions.tenant, executions.workflow_id)
					> (lanes.environment, lanes.tenant, lanes.workflow_id)
			order by executions.environment, executions.tenant, executions.workflow_id limit 1) next
	)
	select lanes.environment, lanes.tenant, lanes.workflow_id, due.heads, dispatch_turns.pass,
		dispatch_clocks.clock, quotas.policy as quota
	from lanes
	cross join lateral (
		select json_agg(json_build_object('id', head.id, 'priority', head.priority,
			'concurrency', head.policy -> 'concurrency') order by head.priority desc, head.id) as heads
		from (
			select executions.id, executions.priority, executions.policy from executions
			where executions.status = 'queued' and not executions.held
				and executions.environment = lanes.environment and executions.tenant = lanes.tenant
				and executions.workflow_id = lanes.workflow_id
				and executions.due_at <= clock_timestamp()
				and (executions.deadline is null or executions.deadline > clock_timestamp())
			order by executions.priority desc, executions.id limit $1
		) head
	) due
	left join dispatch_turns on dispatch_turns.environment = lanes.environment
		and dispatch_turns.tenant = lanes.tenant
	left join dispatch_clocks on dispatch_clocks.environment = lanes.environment
	left join quotas on quotas.key = lanes.tenant
	where due.heads is not null and lanes.environment <> all ($2::text[])
		and not exists (select from dispatch_pauses
			where dispatch_pauses.environment = lanes.environment
				and dispatch_pauses.workflow_id = lanes.workflow_id)`;

const countSql = `
	select executions.environment, executions.workflow_id, executions.tenant,
		count(*)::integer as running
	from executions
	where executions.look_at is not null and executions.status in ('running', 'in-doubt')
		and executions.origin <> 'observed'
	group by executions.environment, executions.workflow_id, executions.tenant`;

const turnsSql = `
	with clocks as (
		insert into dispatch_clocks (environment, clock)
		select * from unnest($4::text[], $5::float8[])
		on conflict (environment) do update set clock = excluded.clock
	)
	insert into dispatch_turns (environment, tenant, pass)
	select * from unnest($1::text[], $2::text[], $3::float8[])
	on conflict (environment, tenant) do update set pass = excluded.pass`;

const takeSql = `
	with wanted as (
		select * from unnest($1::uuid[], $2::text[]) as wanted (id, traceparent)
	), taken as (
		update executions set status = 'running', attempts = executions.attempts + 1, due_at = null,
			lease_owner = $3, fence = executions.fence + 1,
			look_at = clock_timestamp() + $4 * interval '1 millisecond',
			started_at = coalesce(executions.started_at, clock_timestamp())
		from wanted where executions.id = wanted.id and executions.status = 'queued'
		returning ${executionColumns}
	), tried as (
		insert into execution_attempts (execution_id, number, status, traceparent, sent_at)
		select taken.id, taken.attempts, 'running', wanted.traceparent, clock_timestamp()
		from taken join wanted on wanted.id = taken.id
		returning ${attemptColumns}
	)
	select taken.*, to_json(tried) as attempt from taken join tried on tried.execution_id = taken.id`;
