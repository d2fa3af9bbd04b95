-- Letters tried out against a version, without any effect.
create table rehearsals (
	id uuid primary key,
	-- Of the letters.
	letters_of text not null references environments (name) on delete cascade,
	-- Where they are run.
	environment text not null references environments (name) on delete cascade,
	version_id uuid not null references versions (id),
	filter json not null,
	most integer not null,
	reason text,
	requested_by text not null,
	created_at timestamptz not null,
	finished_at timestamptz
);

create index rehearsals_newest on rehearsals (letters_of, id);
create index rehearsals_running on rehearsals (id) where finished_at is null;

create table rehearsal_letters (
	rehearsal_id uuid not null references rehearsals (id) on delete cascade,
	letter_id uuid not null references dead_letters (id) on delete cascade,
	-- Null: not yet run.
	verdict text check (verdict in ('succeeds', 'fails', 'cannot-tell')),
	node text,
	message text,
	execution_id text,
	assumed json,
	lease_expires_at timestamptz,
	ended_at timestamptz,
	primary key (rehearsal_id, letter_id)
);

create index rehearsal_letters_letter on rehearsal_letters (letter_id);
