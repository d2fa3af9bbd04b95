-- What a workflow of an environment is expected to be: as it was last promoted, or as it was adopted.
create table drift_expectations (
	environment text not null references environments (name) on delete cascade,
	workflow_key text not null,
	workflow_id text not null,
	-- our versions of the draft and of what is live; live is null for one that is not published
	draft uuid not null references versions (id),
	live uuid references versions (id),
	tags json not null,
	-- credentials that it used and that were there
	credentials text[] not null,
	-- digests of the parts, so that contents are read only when something moved
	prints json not null,
	source text not null check (source in ('promotion', 'adopted')),
	promotion_id uuid references promotions (id),
	expected_by text not null,
	expected_at timestamptz not null,
	-- it is gone, and that was adopted
	forgotten boolean not null default false,
	primary key (environment, workflow_key)
);

create table drift_findings (
	id uuid primary key,
	environment text not null references environments (name) on delete cascade,
	workflow_key text not null,
	workflow_id text not null,
	name text not null,
	kind text not null,
	weight text not null check (weight in ('behaviour', 'appearance')),
	-- digest of what it is now: another one is another drift
	state text not null,
	diff text not null,
	author text,
	authored_at timestamptz,
	since timestamptz not null,
	seen_at timestamptz not null,
	gone_at timestamptz,
	accepted_state text,
	accepted_until timestamptz,
	accepted_reason text,
	accepted_by text
);
create unique index drift_findings_open on drift_findings (environment, workflow_key, kind)
where gone_at is null;

-- The last look at each environment and when the next is due.
create table drift_scans (
	environment text primary key references environments (name) on delete cascade,
	scanned_at timestamptz,
	workflows integer,
	-- why the last look failed
	error text,
	next_at timestamptz
);

create table drift_rules (
	environment text primary key references environments (name) on delete cascade,
	schedule text not null,
	ignored text[] not null,
	updated_by text not null,
	updated_at timestamptz not null
);
