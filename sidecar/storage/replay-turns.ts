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

/**
 * Takes the letters and writes their replays in one statement; of several calls for the same, the first.
 * As in its counterpart, a planner that may choose reads all letters that wait and all replays that ever
 * were, once statistics were taken while there were few. Of what is numbered and then filtered by that it
 * expects next to nothing, and finds the rest row by row, by its key.
 */
async function beginReplays(
	client: Queryable,
	calls: readonly Begin[],
): Promise<Array<Replay | null>> {
	const column = <Value>(of: (call: Begin) => Value) => calls.map(of);
	const { rows } = await client.query<{ nth: number; number: number }>(beginSql, [
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
	const begun = new Map(rows.map(({ nth, number }) => [nth, number]));
	return calls.map((call, index) => {
		const number = begun.get(index + 1);
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
	with asked as materialized (
		select given.* from (
			select *, row_number() over (partition by call.id order by call.nth) as turn
			from unnest($1::uuid[], $2::text[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[],
				$8::timestamptz[], $9::uuid[])
				with ordinality as call (id, owner, ttl_ms, strategy, version, traceparent, requested_by,
					started_at, bulk_id, nth)
		) as given
		left join lateral (select replays.number from replays
			where replays.bulk_id = given.bulk_id and replays.letter_id = given.id limit 1
		) as earlier on true
		where given.turn = 1 and earlier.number is null
	), taken as (
		update dead_letters set state = 'replaying', attempts = dead_letters.attempts + 1,
			next_replay_at = null, lease_owner = asked.owner,
			lease_expires_at = now() + asked.ttl_ms * interval '1 millisecond',
			updated_at = asked.started_at
		from asked where dead_letters.id = asked.id
			and dead_letters.state not in ('replaying', 'resolved', 'discarded')
		returning asked.*, dead_letters.attempts as number
	), written as (
		insert into replays (letter_id, number, strategy, version, status, traceparent, requested_by,
			started_at, bulk_id)
		select taken.id, taken.number, taken.strategy, taken.version, 'running', taken.traceparent,
			taken.requested_by, taken.started_at, taken.bulk_id
		from taken
	)
	select taken.nth, taken.number from taken`;

/** Ends replays and moves their letters in one statement; a replay that has ended stays as it is. */
async function endReplays(client: Queryable, calls: readonly End[]): Promise<boolean[]> {
	const column = <Value>(of: (call: End) => Value) => calls.map(of);
	const { rows } = await client.query<{ nth: number }>(endSql, [
		column(({ id }) => id),
		column(({ number }) => number),
		column(({ end }) => end.status),
		column(({ end }) => end.executionId),
		column(({ end }) => storedText(end.message)),
		column(({ end }) => end.finishedAt),
		column(({ end }) => end.letter.state),
		column(({ end: { letter } }) => (letter.state === 'scheduled' ? letter.at : null)),
	]);
	const ended = new Set(rows.map(({ nth }) => nth));
	return calls.map((_, index) => ended.has(index + 1));
}

const endSql = `
	with ended as (
		update replays set status = given.status, message = given.message,
			finished_at = given.finished_at,
			execution_id = coalesce(given.execution_id, replays.execution_id)
		from (
			select *, row_number() over (partition by call.letter_id, call.number order by call.nth) as turn
			from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
				$7::text[], $8::timestamptz[])
				with ordinality as call (letter_id, number, status, execution_id, message, finished_at,
					state, next_at, nth)
		) as given
		where given.turn = 1 and replays.letter_id = given.letter_id and replays.number = given.number
			and replays.status in ('running', 'in-doubt')
		returning given.*, replays.strategy
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
	returning ended.nth`;
