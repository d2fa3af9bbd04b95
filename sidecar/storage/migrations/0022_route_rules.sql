alter table route_mappings drop constraint route_mappings_kind_check;
alter table route_mappings add constraint route_mappings_kind_check
	check (kind in ('credential', 'workflow', 'literal', 'data-table'));

-- Which credential of the target stands for one of the source, by the pattern of its name.
create table route_rules (
	from_environment text not null references environments (name),
	to_environment text not null references environments (name),
	position integer not null,
	-- Null: of any type.
	type text,
	source text not null,
	target text not null,
	created_by text not null,
	created_at timestamptz not null default now(),
	primary key (from_environment, to_environment, position)
);
