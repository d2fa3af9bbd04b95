-- Workflows that were seen published, so that one that is not any more is told.
create table live_workflows (
	environment text not null references environments (name) on delete cascade,
	workflow_id text not null,
	name text not null,
	live_version_id text not null,
	-- [{method, path}] that it takes calls at.
	webhooks json not null,
	-- Since when it is not published; null: it is.
	gone_at timestamptz,
	primary key (environment, workflow_id)
);
