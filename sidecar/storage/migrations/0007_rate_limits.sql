create table rate_limits (
	key text primary key,
	policy jsonb not null,
	-- As sidecar/rate-limits/rate-limit.ts writes it; always small.
	state jsonb not null,
	version bigint not null,
	updated_at timestamptz not null
) with (fillfactor = 70);

create table quotas (
	-- The tenant.
	key text primary key,
	policy jsonb not null,
	-- Units used, as a rate limit keeps them.
	state jsonb not null,
	version bigint not null,
	updated_at timestamptz not null
) with (fillfactor = 70);
