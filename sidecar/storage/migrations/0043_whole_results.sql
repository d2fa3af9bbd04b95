-- What children of an orchestration gave, neither redacted nor cut; goes with its execution.
create table whole_results (
	execution_id uuid primary key references executions (id) on delete cascade,
	result json not null
);
