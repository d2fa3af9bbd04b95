-- Bulk replays that come again by the clock.
create table replay_schedules (
	name text primary key,
	environment text not null references environments (name) on delete cascade,
	filter json not null,
	strategy text not null check (strategy in ('retry', 'redeliver')),
	version text,
	rate double precision not null,
	live_ratio double precision,
	quiet_hours json,
	cron text not null,
	time_zone text not null,
	-- How long after its last failure a letter is replayed, by its attempts.
	ladder_ms double precision[],
	enabled boolean not null,
	-- Null: paused.
	next_run_at timestamptz,
	last_run_at timestamptz,
	last_outcome text check (last_outcome in ('started', 'nothing-to-replay', 'still-running')),
	last_replay_id uuid references bulk_replays (id) on delete set null,
	created_at timestamptz not null,
	updated_at timestamptz not null
);

create index replay_schedules_due on replay_schedules (next_run_at) where next_run_at is not null;
