create table alert_channels (
	name text primary key,
	kind text not null check (kind in ('webhook', 'slack', 'email')),
	leads_to text not null,
	sealed_target text not null,
	created_at timestamptz not null,
	updated_at timestamptz not null
);

create table alert_rules (
	name text primary key,
	condition json not null,
	environment text,
	workflow text,
	severity text not null check (severity in ('warning', 'critical')),
	channels text[] not null,
	for_ms bigint not null,
	-- null: told once
	repeat_ms bigint,
	quiet_hours json,
	enabled boolean not null,
	created_at timestamptz not null,
	updated_at timestamptz not null
);

create table alerts (
	id uuid primary key,
	rule text not null references alert_rules (name) on delete cascade,
	cause text not null,
	environment text,
	severity text not null,
	state text not null check (state in ('pending', 'firing', 'resolved')),
	summary text not null,
	since timestamptz not null,
	told_at timestamptz,
	resolved_at timestamptz,
	-- Grows with every change, so that two processes do not tell the same twice.
	revision integer not null default 1
);

-- One trouble is one alert, whoever sees it.
create unique index alerts_open on alerts (rule, cause) where state <> 'resolved';
create index alerts_newest on alerts (rule, cause, id desc);
create index alerts_resolved on alerts (resolved_at) where state = 'resolved';

create table alert_notices (
	id uuid primary key default gen_random_uuid(),
	alert_id uuid not null references alerts (id) on delete cascade,
	-- By name: it may be gone by the time the notice is sent, and that is told.
	channel text not null,
	kind text not null check (kind in ('raised', 'repeated', 'resolved')),
	summary text not null,
	state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
	attempts integer not null default 0,
	trouble text,
	next_attempt_at timestamptz not null,
	created_at timestamptz not null
);

create index alert_notices_due on alert_notices (next_attempt_at) where state = 'waiting';
create index alert_notices_alert on alert_notices (alert_id);
