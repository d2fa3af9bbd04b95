create table environments (
	name text primary key,
	engine text not null check (engine in ('n8n', 'temporal')),
	base_url text not null,
	stage integer not null,
	protected boolean not null,
	dead_letters json not null,
	sealed_access text not null,
	has_api_key boolean not null,
	has_oauth2 boolean not null,
	-- what the engine adapter keeps for itself, sealed
	sealed_memory text,
	created_at timestamptz not null,
	updated_at timestamptz not null
);

create table tokens (
	id text primary key,
	name text not null,
	role text not null check (role in ('viewer', 'operator', 'admin', 'node')),
	-- Goes with its environment, so that a later one of the same name is not open to an old token.
	environment text references environments (name) on delete cascade,
	hash bytea not null unique check (length(hash) = 32),
	bootstrap boolean not null default false,
	expires_at timestamptz,
	created_at timestamptz not null,
	last_used_at timestamptz
);

create unique index tokens_one_bootstrap on tokens (bootstrap) where bootstrap;
