create table leases (
	name text primary key,
	-- null: free. The row stays, because its fence must never start over.
	owner text,
	fence bigint not null,
	expires_at timestamptz not null
);

create table idempotency_keys (
	token_id text not null,
	key text not null,
	request_hash text not null,
	claimed_at timestamptz not null default clock_timestamp(),
	-- null: in progress
	response_status integer,
	-- json and not jsonb: the answer is given back as it was, order of keys included
	response_body json,
	primary key (token_id, key)
);

create index idempotency_keys_claimed_at on idempotency_keys (claimed_at);
