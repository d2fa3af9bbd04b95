-- Nodes, and what surrounds them, are kept once each, however many versions have them. A part is told by the
-- SHA-256 of its text as it stands: canonical spelling would lose the order of fields that an export keeps.
create table version_parts (
	id integer primary key generated always as identity,
	digest bytea not null unique,
	part json not null
);

-- Older rows keep `content`; newer ones have `frame` (the workflow with an empty list of nodes) and `nodes`.
alter table versions
	alter column content drop not null,
	add column frame integer references version_parts (id),
	add column nodes integer[],
	add constraint versions_content_kept check (content is not null or frame is not null and nodes is not null);

-- A form is what a version became in another environment: the same version under the ids of that place.
-- It has no number of its own.
alter table versions
	alter column number drop not null,
	add column origin_id uuid references versions (id),
	add constraint versions_numbered check ((number is null) = (origin_id is not null));

create index versions_forms on versions (origin_id) where origin_id is not null;

create table version_labels (
	version_id uuid not null references versions (id),
	label text not null,
	created_by text not null,
	created_at timestamptz not null,
	primary key (version_id, label)
);
