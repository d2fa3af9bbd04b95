create table promotions (
	id uuid primary key,
	release_id uuid not null references releases (id),
	from_environment text not null references environments (name),
	to_environment text not null references environments (name),
	rollback_of uuid references promotions (id),
	phase text not null,
	spec json not null,
	plan json not null,
	reason_code text,
	reason text,
	created_by text not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	lease_owner text,
	lease_expires_at timestamptz,
	fence bigint not null default 0
);

-- One promotion at a time per environment, whatever the code does.
create unique index promotions_one_per_environment on promotions (to_environment)
where phase in ('applying', 'verifying', 'rolling-back');

create index promotions_release on promotions (release_id);

create table promotion_steps (
	promotion_id uuid not null references promotions (id),
	index integer not null,
	workflow_key text not null,
	action text not null,
	status text not null,
	result json,
	message text,
	started_at timestamptz,
	finished_at timestamptz,
	primary key (promotion_id, index)
);

-- What was mapped once on a route is known from then on.
create table route_mappings (
	from_environment text not null references environments (name),
	to_environment text not null references environments (name),
	kind text not null check (kind in ('credential', 'workflow', 'literal')),
	source_id text not null,
	target_id text not null,
	created_by text not null,
	created_at timestamptz not null default now(),
	primary key (from_environment, to_environment, kind, source_id)
);
