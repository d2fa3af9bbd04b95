-- Who is signed in at the console. The cookie itself is kept nowhere.
create table sessions (
	id text primary key,
	hash bytea not null unique check (length(hash) = 32),
	-- Null: an identity provider vouched. No foreign key: a session whose token is gone is over, and
	-- the token that comes from the configuration changes its id.
	token_id text,
	provider text,
	subject text,
	name text not null,
	role text not null check (role in ('viewer', 'operator', 'admin')),
	environment text references environments (name) on delete cascade,
	created_at timestamptz not null,
	last_used_at timestamptz not null,
	ends_at timestamptz not null,
	check ((token_id is null) <> (provider is null)),
	check ((provider is null) = (subject is null))
);

create index sessions_ends_at on sessions (ends_at);

-- How often somebody at an address tried to sign in, in a window of time.
create table sign_in_attempts (
	source text primary key,
	attempts integer not null,
	window_ends_at timestamptz not null
);
