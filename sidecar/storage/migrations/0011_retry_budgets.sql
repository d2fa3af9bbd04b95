create table retry_budgets (
	key text primary key,
	policy jsonb not null,
	-- As sidecar/retry-budgets/retry-budget.ts writes it; always small.
	state jsonb not null,
	version bigint not null,
	updated_at timestamptz not null
) with (fillfactor = 70);
