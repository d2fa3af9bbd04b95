-- What was accepted to be run, and what the engines ran without us.
create table executions (
	id uuid primary key,
	environment text not null,
	origin text not null,
	-- Accepted work keeps its environment from being removed, what was only observed does not.
	accepted_in text generated always as (case when origin <> 'observed' then environment end) stored
		references environments (name),
	workflow_id text not null,
	workflow_name text,
	status text not null,
	outcome text,
	retry_of uuid,
	-- '': nobody's.
	tenant text not null default '',
	priority smallint not null default 0,
	idempotency_key text,
	-- Of the input: the same key with another one is refused.
	input_digest text,
	-- `json`, not `jsonb`: payloads may hold \u0000, and the order of keys is kept.
	input json,
	-- As it is sent, where `input` is redacted.
	sealed_input text,
	wanted_version uuid references versions (id),
	version_id uuid references versions (id),
	policy json,
	group_id text,
	-- One of a group that is full.
	held boolean not null default false,
	deadline timestamptz,
	attempts integer not null default 0,
	-- Set while it is queued.
	due_at timestamptz,
	-- Whose call is under way; null: nobody waits for an answer.
	lease_owner text,
	fence integer not null default 0,
	-- When somebody has to look what became of it: under a lease, when that runs out.
	look_at timestamptz,
	cancel_requested boolean not null default false,
	engine_execution_id text,
	mode text,
	result json,
	result_truncated boolean not null default false,
	error json,
	error_class text,
	letter_id uuid,
	-- Hooks have been told that it is settled.
	told boolean not null default false,
	-- Observed, but it may turn out to be one of ours.
	provisional boolean not null default false,
	-- Observed, and what failed in it was read.
	examined boolean not null default false,
	accepted_at timestamptz not null,
	started_at timestamptz,
	finished_at timestamptz
);

create unique index executions_idempotency
	on executions (environment, workflow_id, idempotency_key) where idempotency_key is not null;
-- With the workflow, since an instance that was set up anew counts from 1 again.
create unique index executions_engine
	on executions (environment, workflow_id, engine_execution_id) where origin = 'observed';
create index executions_in_engine on executions (engine_execution_id)
	where engine_execution_id is not null;
create index executions_queue on executions (environment, tenant, workflow_id, priority desc, id)
	where status = 'queued' and not held;
create index executions_due on executions (due_at) where status = 'queued' and not held;
create index executions_look on executions (look_at) where look_at is not null;
create index executions_deadline on executions (deadline)
	where deadline is not null and status = 'queued';
create index executions_group on executions (group_id, id) where group_id is not null;
create index executions_untold on executions (finished_at)
	where not told and status in ('succeeded', 'failed', 'canceled');
create index executions_purge on executions (finished_at)
	where told and status in ('succeeded', 'failed', 'canceled');
create index executions_by_environment on executions (environment, id);
create index executions_by_workflow on executions (environment, workflow_id, id);
create index executions_failed on executions (id) where status = 'failed';
create index executions_provisional on executions (environment) where provisional;
create index executions_unexamined on executions (environment) where origin = 'observed' and not examined;
create index executions_open on executions (environment)
	where origin = 'observed' and status in ('running', 'waiting');

create table execution_attempts (
	execution_id uuid not null references executions (id) on delete cascade,
	number integer not null,
	route text,
	status text not null,
	traceparent text not null,
	engine_execution_id text,
	message text,
	sent_at timestamptz not null,
	finished_at timestamptz,
	primary key (execution_id, number)
);

create index execution_attempts_engine on execution_attempts (engine_execution_id)
	where engine_execution_id is not null;
create index execution_attempts_trace on execution_attempts (traceparent);
