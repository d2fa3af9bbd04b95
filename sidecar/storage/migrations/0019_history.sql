-- How far the history of an environment has been read.
create table history_positions (
	environment text primary key,
	source text not null,
	floor_id text not null,
	looked_at timestamptz not null
);
