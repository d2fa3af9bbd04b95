-- Workflows taken out of service by a pause, with what has to be live again.
create table paused_workflows (
	environment text not null references environments (name) on delete cascade,
	workflow_id text not null,
	name text not null,
	-- the engine's version that was live, and ours of its content, should the engine forget it
	live_version_id text not null,
	kept uuid not null references versions (id),
	reason text,
	paused_by text not null,
	paused_at timestamptz not null,
	primary key (environment, workflow_id)
);

-- What a deleted workflow was, so that it can be put back. Written before anything is deleted.
create table deleted_workflows (
	id uuid primary key,
	environment text not null references environments (name) on delete cascade,
	workflow_id text not null,
	workflow_key text not null,
	name text not null,
	draft uuid not null references versions (id),
	live uuid references versions (id),
	tags json not null,
	state text not null check (state in ('deleting', 'deleted', 'restored')),
	restored_as text,
	reason text,
	deleted_by text not null,
	deleted_at timestamptz not null
);
create index deleted_workflows_of on deleted_workflows (environment, workflow_id, id desc);
