create table circuits (
	key text primary key,
	policy jsonb not null,
	-- Where it stands, as sidecar/circuits/circuit.ts writes it; always small.
	state jsonb not null,
	-- Counts changes: a decision is kept only on the row it was made on.
	version bigint not null,
	updated_at timestamptz not null
) with (fillfactor = 70);
