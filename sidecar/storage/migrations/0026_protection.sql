-- Rules of a protected environment; null: the boolean is all there is.
alter table environments add column protection json;

-- Of the sealed plan: a new plan is a new promotion and begins without any.
create table promotion_approvals (
	promotion_id uuid not null references promotions (id),
	approver text not null,
	decision text not null check (decision in ('approve', 'reject')),
	reason text,
	plan_digest text not null,
	at timestamptz not null,
	primary key (promotion_id, approver)
);

-- Applied past closed gates: who, why, which.
alter table promotions add column break_glass json;

-- What must not come back into an environment until somebody lets it.
create table promotion_holds (
	id uuid primary key,
	environment text not null references environments (name),
	promotion_id uuid not null references promotions (id),
	-- workflow key → version that was promoted
	versions json not null,
	reason text not null,
	placed_by text not null,
	placed_at timestamptz not null,
	released_by text,
	release_reason text,
	released_at timestamptz
);

create unique index promotion_holds_one_each on promotion_holds (promotion_id)
where released_at is null;

create index promotion_holds_environment on promotion_holds (environment, placed_at);
