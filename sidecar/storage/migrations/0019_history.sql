-- How far the history of an environment has been read.
create table history_positions (
	environment text primary key references environments (name) on delete cascade,
	source text not null,
	-- What ran up to this id was there before we came.
	start_id text not null,
	floor_id text not null,
	looked_at timestamptz not null
);
