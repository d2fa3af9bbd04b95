-- Who did what. Each row carries the hash of the row before it, so a changed, removed or inserted one shows.
create table audit_log (
	seq bigint primary key,
	at timestamptz not null,
	actor text not null,
	action text not null,
	subject text,
	environment text,
	outcome text not null check (outcome in ('ok', 'refused', 'failed', 'unknown')),
	request_id text,
	-- json and not jsonb: what was hashed must read back as it was
	details json not null,
	previous_hash text not null,
	hash text not null
);

create index audit_log_at on audit_log (at);
create index audit_log_subject on audit_log (subject, seq);
create index audit_log_environment on audit_log (environment, seq);
create index audit_log_actor on audit_log (actor, seq);

-- One row: whoever holds it adds the next link.
create table audit_head (
	single boolean primary key default true check (single),
	seq bigint not null,
	hash text not null
);
insert into audit_head (seq, hash) values (0, repeat('0', 64));

-- What was begun and has not ended; not part of the chain.
create table audit_intents (
	id uuid primary key,
	at timestamptz not null,
	event json not null
);
create index audit_intents_at on audit_intents (at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
	raise exception 'the audit log is append-only: % is refused', lower(tg_op)
		using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_log_append_only before update or delete on audit_log
for each row execute function refuse_audit_change();
create trigger audit_log_not_emptied before truncate on audit_log
for each statement execute function refuse_audit_change();
create trigger audit_head_stays before delete on audit_head
for each row execute function refuse_audit_change();
create trigger audit_head_not_emptied before truncate on audit_head
for each statement execute function refuse_audit_change();
