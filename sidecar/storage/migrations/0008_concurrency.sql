create table concurrency_keys (
	key text primary key,
	lease_limit integer not null,
	-- Of the next lease: never goes back.
	fence bigint not null
);

create table concurrency_leases (
	id uuid primary key,
	key text not null references concurrency_keys (key) on delete cascade,
	fence bigint not null,
	tenant text,
	execution_id text,
	granted_at timestamptz not null,
	expires_at timestamptz not null
);

create index concurrency_leases_key on concurrency_leases (key, expires_at);
create index concurrency_leases_tenant on concurrency_leases (tenant, expires_at)
	where tenant is not null;
