-- What n8n was given for an execution that runs for long: in queue mode it drops that when a worker dies.
-- Gone with its row, as soon as the execution is over and seen.
alter table follow_open
	add column seen_at timestamptz not null default now(),
	-- With its workflow: an instance that was set up anew counts its executions from 1 again.
	add column copy json;
