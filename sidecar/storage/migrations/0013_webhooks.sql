create table webhook_endpoints (
	name text primary key,
	scheme text not null,
	format jsonb,
	tolerance_seconds integer not null,
	event_id jsonb,
	event_type jsonb,
	ordering_key jsonb,
	dedup_window_seconds integer not null,
	max_bytes integer not null,
	methods text[] not null,
	enabled boolean not null,
	ttl_seconds integer not null,
	sealed_secrets text not null,
	secret_count integer not null,
	created_at timestamptz not null,
	updated_at timestamptz not null
);

create table webhook_subscriptions (
	id uuid primary key,
	endpoint text not null references webhook_endpoints (name),
	name text not null,
	events text[] not null,
	filter text,
	environment text,
	target jsonb not null,
	sealed_secrets text not null,
	ordered boolean not null,
	concurrency integer not null,
	timeout_ms integer not null,
	retry jsonb not null,
	paused boolean not null,
	enabled boolean not null,
	-- Attempts in a row that got no answer: the receiver is away. One is tried at a time then, and
	-- not before held_until.
	silent integer not null default 0,
	held_until timestamptz,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	unique (endpoint, name)
);

-- Never changed once written, but for a key whose window is over.
create table webhook_events (
	id uuid primary key,
	-- Order of arrival: an event answered before another was sent has the lower one.
	position bigint generated always as identity,
	endpoint text not null,
	type text not null,
	provider_id text,
	dedup_key text,
	dedup_until timestamptz not null,
	ordering_key text,
	subject text,
	environment text,
	method text not null,
	query text not null,
	headers json not null,
	body bytea not null,
	received_at timestamptz not null,
	keep_until timestamptz not null
);

create unique index webhook_events_dedup on webhook_events (endpoint, dedup_key)
where dedup_key is not null;
create unique index webhook_events_position on webhook_events (position);
create index webhook_events_expiring on webhook_events (keep_until);
create index webhook_events_newest on webhook_events (endpoint, position);

-- Events that were not handed to their subscriptions yet; written and taken away with them.
create table webhook_arrivals (
	position bigint primary key
);

create table webhook_deliveries (
	id uuid primary key,
	event_id uuid not null references webhook_events (id) on delete cascade,
	event_position bigint not null,
	event_type text not null,
	endpoint text not null,
	-- Not a reference: what was delivered stays when the subscription goes.
	subscription_id uuid not null,
	subscription text not null,
	state text not null,
	-- Set only where the subscription asks for order.
	ordering_key text,
	attempts integer not null default 0,
	-- Attempts since it was last asked for: what the retry policy counts.
	round_attempts integer not null default 0,
	next_attempt_at timestamptz,
	last_status integer,
	last_error text,
	letter_id uuid,
	lease_owner text,
	lease_expires_at timestamptz,
	fence bigint not null default 0,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	unique (event_id, subscription_id)
) with (fillfactor = 80);

create index webhook_deliveries_due on webhook_deliveries (subscription_id, next_attempt_at, event_position)
where state = 'pending';
create index webhook_deliveries_leased on webhook_deliveries (lease_expires_at)
where state = 'delivering';
create index webhook_deliveries_line on webhook_deliveries (subscription_id, ordering_key, event_position)
where ordering_key is not null and state in ('pending', 'delivering');
create index webhook_deliveries_newest on webhook_deliveries (event_position, id);
create index webhook_deliveries_dead on webhook_deliveries (event_position, id) where state = 'dead';

create table webhook_attempts (
	delivery_id uuid not null references webhook_deliveries (id) on delete cascade,
	number integer not null,
	started_at timestamptz not null,
	duration_ms integer not null,
	status integer,
	error text,
	answer text,
	primary key (delivery_id, number)
);
