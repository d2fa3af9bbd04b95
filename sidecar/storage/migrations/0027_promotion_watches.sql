-- A promotion while it soaks. What it is compared with is kept, since the engine forgets old executions.
create table promotion_watches (
	promotion_id uuid primary key references promotions (id),
	status text not null check (
		status in ('watching', 'passed', 'regressed', 'superseded')
	),
	until timestamptz not null,
	-- per workflow: id, since when the new version runs, what the old one did
	baselines json not null,
	-- per workflow: what was seen and how sure it is
	findings json not null,
	message text,
	-- a regression whose roll-back was not begun yet
	roll_back_due boolean not null default false,
	checked_at timestamptz not null
);

create index promotion_watches_open on promotion_watches (checked_at)
where status = 'watching' or roll_back_due;
