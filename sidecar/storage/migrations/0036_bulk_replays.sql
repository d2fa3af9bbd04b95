create table bulk_replays (
	id uuid primary key,
	environment text not null references environments (name),
	filter json not null,
	strategy text not null check (strategy in ('retry', 'redeliver')),
	version text,
	-- Letters begun a second.
	rate double precision not null,
	state text not null
		check (state in ('running', 'paused', 'stopped', 'canceled', 'finished')),
	-- Why it stopped, or what it waits for.
	reason text,
	requested_by text not null,
	-- Not before then is the next letter begun.
	next_at timestamptz not null default clock_timestamp(),
	-- Failures of before say nothing about going on.
	judged_from timestamptz not null,
	created_at timestamptz not null,
	finished_at timestamptz
);

create index bulk_replays_newest on bulk_replays (environment, id);
create index bulk_replays_running on bulk_replays (next_at) where state = 'running';

-- What was selected, once and for all.
create table bulk_replay_letters (
	bulk_id uuid not null references bulk_replays (id) on delete cascade,
	letter_id uuid not null references dead_letters (id),
	state text not null default 'waiting'
		check (state in ('waiting', 'replaying', 'succeeded', 'failed', 'skipped')),
	message text,
	lease_expires_at timestamptz,
	ended_at timestamptz,
	primary key (bulk_id, letter_id)
);

create index bulk_replay_letters_state on bulk_replay_letters (bulk_id, state, letter_id);
create index bulk_replay_letters_replaying on bulk_replay_letters (bulk_id, letter_id)
where state = 'replaying';

alter table replays add column bulk_id uuid references bulk_replays (id);

-- However often its process dies: a bulk replay replays a letter once.
create unique index replays_once_in_bulk on replays (bulk_id, letter_id) where bulk_id is not null;
