create table joins (
	id uuid primary key,
	environment text not null references environments (name) on delete cascade,
	workflow_id text not null,
	state text not null check (state in ('running', 'succeeded', 'failed', 'cancelled')),
	policy json not null,
	at_once integer not null,
	child_deadline_ms bigint,
	deadline_at timestamptz,
	parent_execution_id text not null,
	parent_node_id text not null,
	parent_visit integer not null,
	-- The parked parent.
	ticket_id uuid not null,
	-- Counted along, since joins may have many children; the rest is open.
	total integer not null,
	succeeded integer not null default 0,
	failed integer not null default 0,
	cancelled integer not null default 0,
	-- All children are in the ledger of executions.
	started boolean not null default false,
	-- Children that nobody waits for are still to be cancelled in the ledger.
	to_cancel boolean not null default false,
	-- When the parent was last looked for, and how often in a row it was not there.
	parent_seen_at timestamptz,
	parent_missed integer not null default 0,
	because text,
	created_at timestamptz not null,
	finished_at timestamptz
);

create index joins_running on joins (created_at) where state = 'running';
create index joins_to_cancel on joins (finished_at) where to_cancel;
create index joins_finished on joins (finished_at) where finished_at is not null;

create table join_children (
	join_id uuid not null references joins (id) on delete cascade,
	index integer not null,
	state text not null check (state in ('open', 'succeeded', 'failed', 'cancelled')),
	engine_execution_id text,
	attempts integer not null default 0,
	items json,
	error json,
	primary key (join_id, index)
);
