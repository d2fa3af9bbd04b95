import type { ReplaySchedule } from '../dead-letters/schedules/replay-schedule';
import type { ReplayScheduleStore } from '../dead-letters/schedules/schedule-store';
import { createBulkReplay, previewSelection, storedFilter, toFilter } from './bulk-selection';
import type { Pool, Queryable } from './queryable';
import { storedJson } from './stored-text';
import { transaction } from './transaction';

export function createReplayScheduleStore(pool: Pool): ReplayScheduleStore {
	return {
		// In one transaction: somebody may remove it at the same time.
		put: async (schedule) =>
			await transaction(pool, async (tx) => {
				const created = await putSchedule(tx, schedule);
				const kept = await find(tx, schedule.name);
				if (!kept) throw new Error(`replay schedule ${schedule.name} was not kept`);
				return { schedule: kept, created };
			}),
		find: async (name) => await find(pool, name),
		list: async ({ environment }, { limit, after }) =>
			await schedules(
				pool,
				`where ($1::text is null or replay_schedules.environment = $1)
					and ($2::text is null or replay_schedules.name > $2)
				order by replay_schedules.name limit $3`,
				[environment ?? null, after, limit],
			),
		remove: async (name) => {
			const sql = 'delete from replay_schedules where replay_schedules.name = $1';
			return (await pool.query(sql, [name])).rowCount === 1;
		},
		due: async (now) =>
			await schedules(
				pool,
				'where replay_schedules.next_run_at <= $1 order by replay_schedules.next_run_at',
				[now],
			),
		postpone: async (schedule, to) => {
			await pool.query(
				`update replay_schedules set next_run_at = $3
				where replay_schedules.name = $1 and replay_schedules.next_run_at = $2`,
				[schedule.name, schedule.nextRunAt, to],
			);
		},
		run: async (schedule, run) =>
			await transaction(pool, async (tx) => await runSchedule(tx, schedule, run)),
	};
}

async function find(db: Queryable, name: string): Promise<ReplaySchedule | null> {
	return (await schedules(db, 'where replay_schedules.name = $1', [name]))[0] ?? null;
}

async function putSchedule(
	client: Queryable,
	schedule: Parameters<ReplayScheduleStore['put']>[0],
): Promise<boolean> {
	const { rows } = await client.query<{ created: boolean }>(
		`insert into replay_schedules (name, environment, filter, strategy, version, rate, live_ratio,
			quiet_hours, cron, time_zone, ladder_ms, enabled, next_run_at, created_at, updated_at,
			circuit, rate_limit)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)
		on conflict (name) do update set environment = excluded.environment, filter = excluded.filter,
			strategy = excluded.strategy, version = excluded.version, rate = excluded.rate,
			live_ratio = excluded.live_ratio, quiet_hours = excluded.quiet_hours, cron = excluded.cron,
			time_zone = excluded.time_zone, ladder_ms = excluded.ladder_ms, enabled = excluded.enabled,
			circuit = excluded.circuit, rate_limit = excluded.rate_limit,
			next_run_at = excluded.next_run_at, updated_at = excluded.updated_at
		returning replay_schedules.xmax = 0 as created`,
		[
			schedule.name,
			schedule.filter.environment,
			storedFilter(schedule.filter),
			schedule.strategy,
			schedule.version,
			schedule.rate,
			schedule.liveRatio,
			storedJson(schedule.quietHours),
			schedule.cron,
			schedule.timeZone,
			schedule.ladderMs,
			schedule.enabled,
			schedule.nextRunAt,
			schedule.at,
			schedule.circuit,
			schedule.rateLimit,
		],
	);
	return rows[0]?.created === true;
}

/** The row is locked first: a replica that comes second finds another time in it. */
async function runSchedule(
	tx: Queryable,
	schedule: ReplaySchedule,
	{ id, at, nextRunAt }: Parameters<ReplayScheduleStore['run']>[1],
): ReturnType<ReplayScheduleStore['run']> {
	const { rows } = await tx.query<{ is_open: boolean }>(
		`select exists (select from bulk_replays where bulk_replays.id = replay_schedules.last_replay_id
				and bulk_replays.state in ('running', 'paused')) as is_open
		from replay_schedules
		where replay_schedules.name = $1 and replay_schedules.next_run_at = $2 for update`,
		[schedule.name, schedule.nextRunAt],
	);
	if (!rows[0]) return null;
	const { ladderMs, filter } = schedule;
	const selected = ladderMs === null ? filter : { ...filter, ladder: { delaysMs: ladderMs, at } };
	const isEmpty = rows[0].is_open || (await previewSelection(tx, selected)).length === 0;
	if (!isEmpty) {
		const requestedBy = `schedule ${schedule.name}`;
		await createBulkReplay(tx, { ...schedule, filter: selected, id, requestedBy, createdAt: at });
	}
	const outcome = rows[0].is_open ? 'still-running' : isEmpty ? 'nothing-to-replay' : 'started';
	await tx.query(
		`update replay_schedules set next_run_at = $2, last_run_at = $3, last_outcome = $4,
			last_replay_id = coalesce($5, replay_schedules.last_replay_id)
		where replay_schedules.name = $1`,
		[schedule.name, nextRunAt, at, outcome, isEmpty ? null : id],
	);
	return outcome;
}

interface ScheduleRow {
	name: string;
	filter: Record<string, unknown>;
	strategy: ReplaySchedule['strategy'];
	version: string | null;
	rate: number;
	live_ratio: number | null;
	quiet_hours: ReplaySchedule['quietHours'];
	circuit: string | null;
	rate_limit: string | null;
	cron: string;
	time_zone: string;
	ladder_ms: number[] | null;
	enabled: boolean;
	next_run_at: Date | null;
	last_run_at: Date | null;
	last_outcome: ReplaySchedule['lastOutcome'];
	last_replay_id: string | null;
	created_at: Date;
	updated_at: Date;
}

async function schedules(
	client: Queryable,
	where: string,
	values: unknown[],
): Promise<ReplaySchedule[]> {
	const { rows } = await client.query<ScheduleRow>(
		`select replay_schedules.name, replay_schedules.filter, replay_schedules.strategy,
			replay_schedules.version, replay_schedules.rate, replay_schedules.live_ratio,
			replay_schedules.quiet_hours, replay_schedules.circuit, replay_schedules.rate_limit,
			replay_schedules.cron, replay_schedules.time_zone,
			replay_schedules.ladder_ms, replay_schedules.enabled, replay_schedules.next_run_at,
			replay_schedules.last_run_at, replay_schedules.last_outcome,
			replay_schedules.last_replay_id, replay_schedules.created_at, replay_schedules.updated_at
		from replay_schedules ${where}`,
		values,
	);
	return rows.map((row) => ({
		name: row.name,
		filter: toFilter(row.filter),
		strategy: row.strategy,
		version: row.version,
		rate: row.rate,
		liveRatio: row.live_ratio,
		quietHours: row.quiet_hours,
		circuit: row.circuit,
		rateLimit: row.rate_limit,
		cron: row.cron,
		timeZone: row.time_zone,
		ladderMs: row.ladder_ms,
		enabled: row.enabled,
		nextRunAt: row.next_run_at,
		lastRunAt: row.last_run_at,
		lastOutcome: row.last_outcome,
		lastReplayId: row.last_replay_id,
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	}));
}
