-- `json`, not `jsonb`: payloads may hold \u0000, which jsonb refuses, and key order is kept for export.
create table workflows (
	key text primary key,
	created_at timestamptz not null default now()
);

create table bindings (
	environment text not null references environments (name),
	workflow_id text not null,
	workflow_key text not null references workflows (key),
	primary key (environment, workflow_id),
	unique (workflow_key, environment)
);

create table versions (
	id uuid primary key,
	workflow_key text not null references workflows (key),
	number integer not null check (number > 0),
	digest text not null,
	appearance_digest text not null,
	name text not null,
	content json not null,
	tags text[] not null,
	active boolean not null,
	message text,
	environment text references environments (name),
	workflow_id text,
	created_by text not null,
	created_at timestamptz not null,
	unique (workflow_key, number),
	unique (workflow_key, digest, appearance_digest)
);

create table releases (
	id uuid primary key,
	environment text not null references environments (name),
	digest text not null,
	message text,
	manifest json not null,
	created_by text not null,
	created_at timestamptz not null
);
