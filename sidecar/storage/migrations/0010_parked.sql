create table parked (
	id uuid primary key,
	environment text not null references environments (name) on delete cascade,
	execution_id text not null,
	-- Tells executions apart when an instance that was set up anew counts from 1 again.
	token_digest bytea not null check (length(token_digest) = 32),
	sealed_token text not null,
	node_id text not null,
	visit integer not null,
	workflow_id text,
	state text not null check (state in ('parked', 'resuming', 'resumed', 'gone', 'cancelled')),
	-- When it is to be woken; null until its join is over.
	wake_at timestamptz,
	join_id uuid,
	-- When somebody has to look at it next: the next attempt, or the end of the lease of one.
	-- Null: there is nothing to do.
	due_at timestamptz,
	attempts integer not null default 0,
	-- An attempt was made whose answer nobody knows.
	in_doubt boolean not null default false,
	trouble text,
	gone_because text,
	lease_owner text,
	fence bigint not null default 0,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	settled_at timestamptz,
	unique (environment, execution_id, token_digest, node_id, visit)
);

create index parked_due on parked (environment, due_at) where due_at is not null;
create index parked_newest on parked (environment, state, id);
create index parked_settled on parked (settled_at) where settled_at is not null;
