import type { BulkReplay, BulkState, Tally } from '../dead-letters/bulk/bulk-replay';
import type { BulkReplayStore } from '../dead-letters/bulk/bulk-replay-store';
import { claimBulkLetters, latestOutcomes, putBack, settleBulkReplays } from './bulk-claims';
import { createBulkReplay, previewSelection, toFilter } from './bulk-selection';
import { liveFigures, paceOf, setPace } from './bulk-pace';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

export function createBulkReplayStore(client: Queryable): BulkReplayStore {
	const find = async (id: string) =>
		(await bulks(client, 'where bulk_replays.id = $1', [id]))[0] ?? null;
	return {
		preview: async (filter) => await previewSelection(client, filter),
		create: async (bulk) => {
			await createBulkReplay(client, bulk);
			const kept = await find(bulk.id);
			if (!kept) throw new Error(`bulk replay ${bulk.id} was not kept`);
			return kept;
		},
		find,
		list: async ({ environment, state }, { limit, after }) =>
			await bulks(
				client,
				`where ($1::text is null or bulk_replays.environment = $1)
					and ($2::text is null or bulk_replays.state = $2)
					and ($3::uuid is null or bulk_replays.id < $3)
				order by bulk_replays.id desc limit $4`,
				[environment ?? null, state ?? null, after, limit],
			),
		tallies: async (id) => (await client.query<Tally>(talliesSql, [id])).rows,
		move: async (...move) => await moveBulk(client, ...move),
		setReason: async (id, reason) => {
			await client.query(
				`update bulk_replays set reason = $2
				where bulk_replays.id = $1 and bulk_replays.state = 'running'`,
				[id, storedText(reason)],
			);
		},
		waitUntil: async (id, at, reason) => {
			await client.query(waitSql, [id, at, storedText(reason)]);
		},
		settle: async (now) => await settleBulkReplays(client, now),
		due: async () =>
			await bulks(
				client,
				`where bulk_replays.state = 'running' and bulk_replays.next_at <= clock_timestamp()
				order by bulk_replays.next_at`,
				[],
			),
		paceOf: async (id) => await paceOf(client, id),
		setPace: async (...pace) => await setPace(client, ...pace),
		liveFigures: async (...asked) => await liveFigures(client, ...asked),
		claim: async (id, limits) => await claimBulkLetters(client, id, limits),
		skip: async (id, letterId, message, at) => {
			const to = { state: 'skipped', message: storedText(message), at } as const;
			await putBack(client, [id, letterId], to);
		},
		giveBack: async (id, letterId) => await putBack(client, [id, letterId], { state: 'waiting' }),
		latestOutcomes: async (id, limit) => await latestOutcomes(client, id, limit),
	};
}

/** What it waits for may come earlier than it was told. */
const waitSql = `update bulk_replays set reason = $3,
		next_at = clock_timestamp() + least(interval '10 seconds', greatest(interval '0',
			coalesce($2::timestamptz - clock_timestamp(), interval '1 second')))
	where bulk_replays.id = $1 and bulk_replays.state = 'running'`;

const talliesSql = `select member.state as result, coalesce(member.message, '') as message,
		count(*)::integer as letters
	from bulk_replay_letters as member
	where member.bulk_id = $1 and member.state in ('failed', 'skipped')
	group by 1, 2 order by letters desc, 1, 2 limit 50`;

async function moveBulk(
	client: Queryable,
	...[id, from, to, { reason, at }]: Parameters<BulkReplayStore['move']>
): Promise<boolean> {
	const { rowCount } = await client.query(
		`with moved as (
			update bulk_replays set state = $3, reason = $4,
				finished_at = case when $3 = 'canceled' then $5::timestamptz end,
				judged_from = case when $3 = 'running' then $5::timestamptz else bulk_replays.judged_from end,
				next_at = case when $3 = 'running' then clock_timestamp() else bulk_replays.next_at end
			where bulk_replays.id = $1 and bulk_replays.state = any ($2)
			returning bulk_replays.id
		), skipped as (
			update bulk_replay_letters as member set state = 'skipped', message = 'canceled', ended_at = $5::timestamptz
			from moved where $3 = 'canceled' and member.bulk_id = moved.id and member.state = 'waiting'
		)
		select moved.id from moved`,
		[id, from, to, storedText(reason), at],
	);
	return rowCount === 1;
}

interface BulkRow {
	id: string;
	filter: Record<string, unknown>;
	strategy: BulkReplay['strategy'];
	version: string | null;
	rate: number;
	live_ratio: number | null;
	quiet_hours: BulkReplay['quietHours'];
	circuit: string | null;
	rate_limit: string | null;
	pace: number | null;
	state: BulkState;
	reason: string | null;
	requested_by: string;
	created_at: Date;
	finished_at: Date | null;
	counts: BulkReplay['counts'];
}

async function bulks(client: Queryable, where: string, values: unknown[]): Promise<BulkReplay[]> {
	const { rows } = await client.query<BulkRow>(
		`select bulk_replays.id, bulk_replays.filter, bulk_replays.strategy, bulk_replays.version,
			bulk_replays.rate, bulk_replays.live_ratio, bulk_replays.quiet_hours,
			bulk_replays.circuit, bulk_replays.rate_limit, bulk_replays.pace, bulk_replays.state,
			bulk_replays.reason, bulk_replays.requested_by,
			bulk_replays.created_at, bulk_replays.finished_at, (
				select json_build_object('total', count(*), ${counted})
				from bulk_replay_letters as member where member.bulk_id = bulk_replays.id
			) as counts
		from bulk_replays ${where}`,
		values,
	);
	return rows.map((row) => ({
		id: row.id,
		filter: toFilter(row.filter),
		strategy: row.strategy,
		version: row.version,
		rate: row.rate,
		liveRatio: row.live_ratio,
		quietHours: row.quiet_hours,
		circuit: row.circuit,
		rateLimit: row.rate_limit,
		pace: Math.min(row.rate, row.pace ?? row.rate),
		state: row.state,
		reason: row.reason,
		requestedBy: row.requested_by,
		createdAt: row.created_at,
		finishedAt: row.finished_at,
		counts: row.counts,
	}));
}

const counted = ['waiting', 'replaying', 'succeeded', 'failed', 'skipped']
	.map((state) => `'${state}', count(*) filter (where member.state = '${state}')`)
	.join(', ');
