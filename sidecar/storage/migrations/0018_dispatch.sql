-- How much of an environment's attention a tenant has had: who had least comes first.
create table dispatch_turns (
	environment text not null,
	tenant text not null,
	pass double precision not null,
	primary key (environment, tenant)
);

-- Where the tenant that went last stood: one that was idle starts there.
create table dispatch_clocks (
	environment text primary key,
	clock double precision not null
);

create table dispatch_pauses (
	environment text not null,
	workflow_id text not null,
	paused_at timestamptz not null default now(),
	primary key (environment, workflow_id)
);

create table execution_groups (
	id text primary key,
	at_once integer not null,
	-- Neither held nor settled.
	active integer not null
);
