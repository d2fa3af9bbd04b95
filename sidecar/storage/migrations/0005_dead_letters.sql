create table dead_letters (
	id uuid primary key,
	environment text not null references environments (name),
	-- One failure is one letter, however often and by whomever it is reported.
	dedup_key text not null,
	state text not null,
	origin text not null,
	workflow_id text not null,
	workflow_name text,
	execution_id text,
	error json not null,
	error_class text not null,
	trigger json,
	failed_input json not null,
	ran json,
	-- Our version of `ran`, where we have it.
	version_id uuid references versions (id),
	-- Set once the execution was read from the engine, or is known to be gone.
	captured_at timestamptz,
	-- Not before then is an execution that was not over asked for again.
	look_again_at timestamptz,
	attempts integer not null default 0,
	next_replay_at timestamptz,
	note text,
	lease_owner text,
	lease_expires_at timestamptz,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	expires_at timestamptz not null,
	-- With the workflow, since an instance that was set up anew counts its executions from 1 again.
	unique (environment, workflow_id, dedup_key)
);

create index dead_letters_newest on dead_letters (environment, state, id);
create index dead_letters_due on dead_letters (environment, next_replay_at)
where state = 'scheduled';
create index dead_letters_expiring on dead_letters (expires_at)
where state in ('waiting', 'scheduled');
create index dead_letters_replaying on dead_letters (lease_expires_at) where state = 'replaying';
create index dead_letters_uncaptured on dead_letters (environment, look_again_at)
where captured_at is null;

-- The failed execution of a letter and its failed retries, whoever made them: all one failure.
create table letter_executions (
	environment text not null references environments (name),
	workflow_id text not null,
	execution_id text not null,
	letter_id uuid not null references dead_letters (id),
	primary key (environment, workflow_id, execution_id)
);

create index letter_executions_letter on letter_executions (letter_id);

create table replays (
	letter_id uuid not null references dead_letters (id),
	number integer not null,
	strategy text not null,
	version text,
	status text not null,
	traceparent text not null,
	-- Which execution the engine was asked to retry; null: it was not asked yet.
	retried_execution_id text,
	execution_id text,
	message text,
	requested_by text not null,
	started_at timestamptz not null,
	finished_at timestamptz,
	primary key (letter_id, number)
);

-- How far the executions of an environment have been followed.
create table follow_positions (
	environment text primary key references environments (name) on delete cascade,
	source text not null,
	start_id text not null,
	floor_id text not null,
	updated_at timestamptz not null
);

-- Executions seen but not over at the last look, or to be looked at twice.
create table follow_open (
	environment text not null references environments (name) on delete cascade,
	execution_id text not null,
	suspected boolean not null,
	primary key (environment, execution_id)
);
