import type { Accepted, ExecutionRequest, StartOrder } from '../executions/execution-store';
import { fromJson } from './claim-executions';
import {
	attemptColumns,
	executionColumns,
	toAttempt,
	toExecution,
	type AttemptRow,
	type ExecutionRow,
} from './execution-row';
import type { Pool, Queryable } from './queryable';
import { storedJson, storedText } from './stored-text';
import { transaction } from './transaction';

/** One statement for all that have no group, so that intake costs one round trip and one commit. */
export async function acceptExecutions(
	pool: Pool,
	requests: ExecutionRequest[],
	start?: StartOrder,
): Promise<Accepted[]> {
	if (requests.every(({ group }) => group === null))
		return await insertAll(pool, requests, new Set(), start);
	return await transaction(pool, async (tx) => {
		const held = await takePlaces(tx, requests);
		const accepted = await insertAll(tx, requests, held);
		// A place taken for one that was there already is given back.
		for (const [at, { created }] of accepted.entries()) {
			const request = requests[at];
			if (!created && request?.group && !held.has(request.id)) {
				await tx.query(givePlaceBackSql, [request.group.id]);
			}
		}
		return accepted;
	});
}

/** @returns ids of those that have to wait for a place in their group */
async function takePlaces(tx: Queryable, requests: ExecutionRequest[]): Promise<Set<string>> {
	const groups = new Map<string, { atOnce: number; ids: string[] }>();
	for (const { id, group } of requests) {
		if (!group) continue;
		const known = groups.get(group.id) ?? { atOnce: group.atOnce, ids: [] };
		known.ids.push(id);
		groups.set(group.id, known);
	}
	const held = new Set<string>();
	// Always in the same order, so that two never wait for each other.
	for (const id of [...groups.keys()].sort()) {
		const { atOnce, ids } = groups.get(id) ?? { atOnce: 1, ids: [] };
		const { rows } = await tx.query<{ active: number }>(lockGroupSql, [id, atOnce]);
		const free = Math.max(0, atOnce - (rows[0]?.active ?? 0));
		for (const waiting of ids.slice(free)) held.add(waiting);
		await tx.query(fillGroupSql, [id, Math.min(free, ids.length)]);
	}
	return held;
}

const lockGroupSql = `
	insert into execution_groups as known (id, at_once, active) values ($1, $2, 0)
	on conflict (id) do update set at_once = excluded.at_once
	returning known.active`;

const fillGroupSql = `
	update execution_groups set active = execution_groups.active + $2 where execution_groups.id = $1`;

const givePlaceBackSql = `
	update execution_groups set active = execution_groups.active - 1 where execution_groups.id = $1`;

async function insertAll(
	db: Queryable,
	requests: ExecutionRequest[],
	held: Set<string>,
	start?: StartOrder,
): Promise<Accepted[]> {
	const wanted = requests.map((request) => ({
		id: request.id,
		environment: request.environment,
		origin: request.origin,
		workflow: request.workflowId,
		workflow_name: storedText(request.workflowName),
		retry_of: request.retryOf,
		tenant: request.tenant ?? '',
		priority: request.priority,
		idempotency_key: request.idempotencyKey,
		input_digest: request.inputDigest,
		sealed_input: request.sealedInput,
		wanted_version: request.wantedVersion,
		group_id: request.groupId,
		held: held.has(request.id),
		deadline: request.deadline,
		due_at: request.dueAt,
		accepted_at: request.acceptedAt,
		traceparent: start?.traces.get(request.id) ?? null,
	}));
	const { rows } = await db.query<AcceptedRow>(
		insertSql,
		[
			JSON.stringify(wanted),
			requests.map(({ shownInput }) => storedJson(shownInput)),
			requests.map(({ policy }) => storedJson(policy)),
			start?.owner ?? null,
			start?.ttlMs ?? null,
		],
		'accept_executions',
	);
	const made = new Map(rows.map((row) => [row.id, row]));
	const answers: Accepted[] = [];
	for (const request of requests) {
		const own = made.get(request.id);
		const row = own ?? (await findByKey(db, request));
		const execution = toExecution(row);
		const attempt = own?.attempt ? toAttempt(fromJson(own.attempt)) : null;
		answers.push({
			execution,
			inputDigest: row.input_digest,
			created: own !== undefined,
			claim: attempt && { execution, attempt, fence: row.fence },
		});
	}
	return answers;
}

type AcceptedRow = ExecutionRow & { attempt: AttemptRow | null };

/** Id of a workflow that is named by its key, or by its id. */
function boundId(environment: string, workflow: string): string {
	return `coalesce((select bindings.workflow_id from bindings
		where bindings.environment = ${environment} and bindings.workflow_key = ${workflow}), ${workflow})`;
}

// The inputs travel apart: json keeps what jsonb and a recordset would change. What may be under way
// at once is written down as taken: the claim costs no transaction of its own.
const insertSql = `
	with given as (
		select * from rows from (json_to_recordset($1::json) as (id uuid, environment text, origin text,
			workflow text, workflow_name text, retry_of uuid, tenant text, priority smallint,
			idempotency_key text, input_digest text, sealed_input text, wanted_version uuid,
			group_id text, held boolean, deadline timestamptz, due_at timestamptz,
			accepted_at timestamptz, traceparent text)) with ordinality as given (id, environment,
			origin, workflow, workflow_name, retry_of, tenant, priority, idempotency_key,
			input_digest, sealed_input, wanted_version, group_id, held, deadline, due_at, accepted_at,
			traceparent, nth)
	), wanted as (
		select given.*, ${boundId('given.environment', 'given.workflow')} as workflow_id from given
	), made as (
		insert into executions (id, environment, origin, workflow_id, workflow_name, status, retry_of,
			tenant, priority, idempotency_key, input_digest, sealed_input, wanted_version, group_id, held,
			deadline, due_at, accepted_at, version_id, input, policy, attempts, lease_owner, fence,
			look_at, started_at)
		select wanted.id, wanted.environment, wanted.origin, wanted.workflow_id,
			coalesce(wanted.workflow_name, known.name),
			case when start.now then 'running' else 'queued' end, wanted.retry_of, wanted.tenant,
			wanted.priority, wanted.idempotency_key, wanted.input_digest, wanted.sealed_input,
			wanted.wanted_version, wanted.group_id, wanted.held, wanted.deadline,
			case when not start.now then coalesce(wanted.due_at, clock_timestamp()) end,
			wanted.accepted_at, wanted.wanted_version, ($2::json[])[wanted.nth],
			($3::json[])[wanted.nth], start.now::integer, case when start.now then $4::text end,
			start.now::integer,
			case when start.now then clock_timestamp() + $5 * interval '1 millisecond' end,
			case when start.now then clock_timestamp() end
		from wanted
		cross join lateral (
			select wanted.traceparent is not null and wanted.due_at is null and not wanted.held
				and not exists (select from executions
					where executions.status = 'queued' and not executions.held
						and executions.environment = wanted.environment)
				and not exists (select from dispatch_pauses
					where dispatch_pauses.environment = wanted.environment
						and dispatch_pauses.workflow_id = wanted.workflow_id)
				and not exists (select from quotas where quotas.key = wanted.tenant) as now
			-- Asked once, not at each place where the answer is used.
			offset 0
		) start
		left join lateral (
			select versions.name from bindings
			join versions on versions.workflow_key = bindings.workflow_key
			where bindings.environment = wanted.environment and bindings.workflow_id = wanted.workflow_id
			order by versions.number desc limit 1
		) known on true
		on conflict (environment, workflow_id, idempotency_key) where idempotency_key is not null
		do nothing
		returning ${executionColumns}
	), tried as (
		insert into execution_attempts (execution_id, number, status, traceparent, sent_at)
		select made.id, made.attempts, 'running', wanted.traceparent, clock_timestamp()
		from made join wanted on wanted.id = made.id
		where made.status = 'running'
		returning ${attemptColumns}
	)
	select made.*, to_json(tried) as attempt from made
	left join tried on tried.execution_id = made.id`;

async function findByKey(db: Queryable, request: ExecutionRequest): Promise<ExecutionRow> {
	const { rows } = await db.query<ExecutionRow>(
		`select ${executionColumns} from executions
		where executions.environment = $1 and executions.workflow_id = ${boundId('$1', '$2')}
			and executions.idempotency_key = $3`,
		[request.environment, request.workflowId, request.idempotencyKey],
	);
	if (rows[0]) return rows[0];
	throw new Error(`execution ${request.id} was not kept`);
}
