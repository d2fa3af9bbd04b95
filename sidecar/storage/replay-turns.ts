import type { Replay } from '../dead-letters/dead-letter';
import type {
	DeadLetterStore,
	NewReplay,
	ReplayEnd,
	ReplayLease,
} from '../dead-letters/dead-letter-store';
import { combineCalls, type Settled } from '../kernel/combine-calls';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

/** Letters of one statement; more wait for the next. */
const mostAtOnce = 500;

interface Begin {
	id: string;
	replay: NewReplay;
	lease: ReplayLease;
}

interface End {
	id: string;
	number: number;
	end: ReplayEnd;
}

/** Letters that are taken, or let go, at the same time are so by one statement and one fsync. */
export function createReplayTurns(
	client: Queryable,
): Pick<DeadLetterStore, 'beginReplay' | 'endReplay'> {
	const begin = combineCalls<Begin, Replay | null>(
		async (_, calls) => await apart(calls, async (all) => await beginReplays(client, all)),
		{ most: mostAtOnce },
	);
	const end = combineCalls<End, boolean>(
		async (_, calls) => await apart(calls, async (all) => await endReplays(client, all)),
		{ most: mostAtOnce },
	);
	return {
		beginReplay: async (id, replay, lease) => await begin('begin', { id, replay, lease }),
		endReplay: async (id, number, how) => await end('end', { id, number, end: how }),
	};
}

/** One that fails, or waits in a circle with another process, does not take the others with it. */
async function apart<Call, Answer>(
	calls: readonly Call[],
	work: (calls: readonly Call[]) => Promise<Answer[]>,
): Promise<Array<Settled<Answer>>> {
	try {
		return (await work(calls)).map((answer) => ({ answer }));
	} catch (error) {
		if (calls.length === 1) return [{ error }];
		return (await Promise.all(calls.map(async (call) => await apart([call], work)))).flat();
	}
}

/** Of several that ask for the same at once, the first gets it. */
function firsts<Call>(calls: readonly Call[], keyOf: (call: Call) => string): Set<Call> {
	const found = new Map<string, Call>();
	for (const call of calls) if (!found.has(keyOf(call))) found.set(keyOf(call), call);
	return new Set(found.values());
}

/**
 * Takes the letters and writes their replays in one statement. As in its counterpart, everything is
 * found by its key: once statistics were taken while nothing waited, a planner that may choose
 * (`in`, `exists`, a join) reads all letters that wait and all replays that ever were. The letters are
 * named twice: joined alone, all that wait would be compared with all that are asked for.
 */
async function beginReplays(
	client: Queryable,
	calls: readonly Begin[],
): Promise<Array<Replay | null>> {
	const column = <Value>(of: (call: Begin) => Value) => calls.map(of);
	const { rows } = await client.query<{ id: string; number: number }>(beginSql, [
		column(({ id }) => id),
		column(({ lease }) => lease.owner),
		column(({ lease }) => lease.ttlMs),
		column(({ replay }) => replay.strategy),
		column(({ replay }) => replay.version),
		column(({ replay }) => replay.traceparent),
		column(({ replay }) => replay.requestedBy),
		column(({ replay }) => replay.startedAt),
		column(({ replay }) => replay.bulkId ?? null),
	]);
	const begun = new Map(rows.map(({ id, number }) => [id, number]));
	const first = firsts(calls, ({ id }) => id);
	return calls.map((call) => {
		const number = first.has(call) ? begun.get(call.id) : undefined;
		return number === undefined ? null : begunReplay(call, number);
	});
}

function begunReplay({ id, replay }: Begin, number: number): Replay {
	const { strategy, version, traceparent, requestedBy, startedAt } = replay;
	return {
		letterId: id,
		number,
		strategy,
		version,
		status: 'running',
		traceparent,
		retriedId: null,
		executionId: null,
		message: null,
		requestedBy,
		startedAt,
		finishedAt: null,
	};
}

const beginSql = `
	with asked as (
		select distinct on (asked.id) asked.* from unnest($1::uuid[], $2::text[], $3::float8[], $4::text[],
			$5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::uuid[])
			with ordinality as asked (id, owner, ttl_ms, strategy, version, traceparent, requested_by,
				started_at, bulk_id, nth)
		order by asked.id, asked.nth
	), taken as (
		update dead_letters set state = 'replaying', attempts = dead_letters.attempts + 1,
			next_replay_at = null, lease_owner = asked.owner,
			lease_expires_at = now() + asked.ttl_ms * interval '1 millisecond',
			updated_at = asked.started_at
		from asked left join lateral (select replays.number from replays
			where replays.bulk_id = asked.bulk_id and replays.letter_id = asked.id limit 1
		) as earlier on true
		where dead_letters.id = any ($1::uuid[]) and dead_letters.id = asked.id
			and dead_letters.state not in ('replaying', 'resolved', 'discarded')
			and earlier.number is null
		returning dead_letters.id, dead_letters.attempts
	)
	insert into replays (letter_id, number, strategy, version, status, traceparent, requested_by,
		started_at, bulk_id)
	select taken.id, taken.attempts, asked.strategy, asked.version, 'running', asked.traceparent,
		asked.requested_by, asked.started_at, asked.bulk_id
	from taken join asked on asked.id = taken.id
	returning replays.letter_id as id, replays.number`;

/** Ends replays and moves their letters in one statement; a replay that has ended stays as it is. */
async function endReplays(client: Queryable, calls: readonly End[]): Promise<boolean[]> {
	const column = <Value>(of: (call: End) => Value) => calls.map(of);
	const { rows } = await client.query<{ id: string; number: number }>(endSql, [
		column(({ id }) => id),
		column(({ number }) => number),
		column(({ end }) => end.status),
		column(({ end }) => end.executionId),
		column(({ end }) => storedText(end.message)),
		column(({ end }) => end.finishedAt),
		column(({ end }) => end.letter.state),
		column(({ end: { letter } }) => (letter.state === 'scheduled' ? letter.at : null)),
	]);
	const ended = new Map(rows.map(({ id, number }) => [id, number]));
	const first = firsts(calls, ({ id, number }) => `${id} ${number}`);
	return calls.map((call) => first.has(call) && ended.get(call.id) === call.number);
}

const endSql = `
	with given as (
		select distinct on (given.letter_id, given.number) given.* from unnest($1::uuid[], $2::integer[],
			$3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::timestamptz[])
			with ordinality as given (letter_id, number, status, execution_id, message, finished_at,
				state, next_at, nth)
		order by given.letter_id, given.number, given.nth
	), written as (
		insert into replays (letter_id, number, strategy, status, traceparent, requested_by, started_at,
			message, execution_id, finished_at)
		select begun.letter_id, begun.number, begun.strategy, given.status, begun.traceparent,
			begun.requested_by, begun.started_at, given.message, given.execution_id, given.finished_at
		from given cross join lateral (select replays.* from replays
			where replays.letter_id = given.letter_id and replays.number = given.number limit 1
		) as begun
		on conflict (letter_id, number) do update set status = excluded.status,
			message = excluded.message, finished_at = excluded.finished_at,
			execution_id = coalesce(excluded.execution_id, replays.execution_id)
		where replays.status in ('running', 'in-doubt')
		returning replays.letter_id, replays.number, replays.strategy
	), ended as (
		select given.*, written.strategy from written join given using (letter_id, number)
	), named as (
		insert into letter_executions (environment, workflow_id, execution_id, letter_id)
		select dead_letters.environment, dead_letters.workflow_id, ended.execution_id, dead_letters.id
		from ended join dead_letters on dead_letters.id = ended.letter_id
		where ended.strategy = 'retry' and ended.status = 'failed' and ended.execution_id is not null
		on conflict (environment, workflow_id, execution_id) do nothing
	)
	update dead_letters set state = ended.state, next_replay_at = ended.next_at, lease_owner = null,
		lease_expires_at = null, updated_at = ended.finished_at
	from ended where dead_letters.id = ended.letter_id
	returning dead_letters.id, ended.number`;
