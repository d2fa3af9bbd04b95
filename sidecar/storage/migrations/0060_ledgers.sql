-- The law: accepted = completed + dead_lettered + discarded + in_flight, in each ledger.
-- Counted by triggers, in the transaction of what is counted, so that neither an older replica nor
-- a statement by hand goes uncounted. What was removed after its end stays in its sum.
create table ledger_counts (
	ledger text primary key check (ledger in ('events', 'deliveries', 'executions', 'dead_letters')),
	accepted bigint not null default 0,
	completed bigint not null default 0,
	dead_lettered bigint not null default 0,
	discarded bigint not null default 0,
	in_flight bigint not null default 0,
	-- Rows that are not there any more.
	removed bigint not null default 0
);

-- One row a statement; a job adds them to the counts. Nobody waits for anybody to count.
create table ledger_changes (
	ledger text not null,
	accepted bigint not null default 0,
	completed bigint not null default 0,
	dead_lettered bigint not null default 0,
	discarded bigint not null default 0,
	in_flight bigint not null default 0,
	removed bigint not null default 0
);

-- Rows that were removed before their work was over.
create table ledger_losses (
	ledger text not null,
	id text not null,
	standing text not null,
	noticed_at timestamptz not null default clock_timestamp(),
	written_off_at timestamptz,
	primary key (ledger, id, noticed_at)
);

-- Of the last exact count; triggers do not see a truncate, nor a restore.
create table ledger_recounts (
	ledger text primary key references ledger_counts (ledger),
	missing_rows bigint not null,
	missing_in_flight bigint not null,
	counted_at timestamptz not null
);

create function standing_of_execution(status text, letter_id uuid, origin text) returns text
language sql immutable as $$
	select case
		when status in ('queued', 'running', 'waiting', 'in-doubt') then 'in_flight'
		when status = 'succeeded' then 'completed'
		when status = 'canceled' then 'discarded'
		-- A child of a join is told to its parent, which has a letter of its own.
		when status = 'failed' and (letter_id is not null or origin = 'join') then 'dead_lettered'
		else 'unaccounted'
	end
$$;

create function standing_of_delivery(state text) returns text language sql immutable as $$
	select case state
		when 'pending' then 'in_flight'
		when 'delivering' then 'in_flight'
		when 'delivered' then 'completed'
		when 'dead' then 'dead_lettered'
		when 'discarded' then 'discarded'
		else 'unaccounted'
	end
$$;

create function standing_of_letter(state text) returns text language sql immutable as $$
	select case state
		when 'waiting' then 'dead_lettered'
		when 'scheduled' then 'in_flight'
		when 'replaying' then 'in_flight'
		when 'resolved' then 'completed'
		when 'discarded' then 'discarded'
		when 'expired' then 'discarded'
		else 'unaccounted'
	end
$$;

create function ledger_accept(of_ledger text, standings text[]) returns void
language sql set search_path from current as $$
	insert into ledger_changes (ledger, accepted, completed, dead_lettered, discarded, in_flight)
	select of_ledger, count(*), count(*) filter (where standing = 'completed'),
		count(*) filter (where standing = 'dead_lettered'),
		count(*) filter (where standing = 'discarded'), count(*) filter (where standing = 'in_flight')
	from unnest(standings) as given (standing) having count(*) > 0
$$;

create function ledger_move(of_ledger text, before text, after text) returns void
language sql set search_path from current as $$
	insert into ledger_changes (ledger, completed, dead_lettered, discarded, in_flight)
	values (of_ledger, (after = 'completed')::integer - (before = 'completed')::integer,
		(after = 'dead_lettered')::integer - (before = 'dead_lettered')::integer,
		(after = 'discarded')::integer - (before = 'discarded')::integer,
		(after = 'in_flight')::integer - (before = 'in_flight')::integer)
$$;

-- Work in one of the standings `owed` may not be removed: it leaves its sum and is named.
create function ledger_remove(of_ledger text, ids text[], standings text[], owed text[])
returns void language sql set search_path from current as $$
	insert into ledger_losses (ledger, id, standing)
	select of_ledger, gone.id, gone.standing from unnest(ids, standings) as gone (id, standing)
	where gone.standing = any (owed);
	insert into ledger_changes (ledger, dead_lettered, in_flight, removed)
	select of_ledger,
		-count(*) filter (where standing = 'dead_lettered' and standing = any (owed)),
		-count(*) filter (where standing = 'in_flight'), count(*)
	from unnest(standings) as gone (standing) having count(*) > 0
$$;

create function executions_accepted() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_accept('executions', array(
		select standing_of_execution(status, letter_id, origin) from added where origin <> 'observed'));
	return null;
end $$;

create function executions_moved() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_move('executions', standing_of_execution(old.status, old.letter_id, old.origin),
		standing_of_execution(new.status, new.letter_id, new.origin));
	return null;
end $$;

create function executions_removed() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_remove('executions', array_agg(id::text),
			array_agg(standing_of_execution(status, letter_id, origin)), array['in_flight'])
		from gone where origin <> 'observed' having count(*) > 0;
	return null;
end $$;

create trigger executions_accepted after insert on executions referencing new table as added
for each statement execute function executions_accepted();
create trigger executions_moved after update on executions for each row when (
	new.origin <> 'observed' and standing_of_execution(old.status, old.letter_id, old.origin)
		is distinct from standing_of_execution(new.status, new.letter_id, new.origin))
execute function executions_moved();
create trigger executions_removed after delete on executions referencing old table as gone
for each statement execute function executions_removed();

create function deliveries_accepted() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_accept('deliveries', array(select standing_of_delivery(state) from added));
	return null;
end $$;

create function deliveries_moved() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_move('deliveries', standing_of_delivery(old.state), standing_of_delivery(new.state));
	return null;
end $$;

create function deliveries_removed() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_remove('deliveries', array_agg(id::text),
			array_agg(standing_of_delivery(state)), array['in_flight', 'dead_lettered'])
		from gone having count(*) > 0;
	return null;
end $$;

create trigger deliveries_accepted after insert on webhook_deliveries referencing new table as added
for each statement execute function deliveries_accepted();
create trigger deliveries_moved after update on webhook_deliveries for each row when (
	standing_of_delivery(old.state) is distinct from standing_of_delivery(new.state))
execute function deliveries_moved();
create trigger deliveries_removed after delete on webhook_deliveries referencing old table as gone
for each statement execute function deliveries_removed();

create function letters_accepted() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_accept('dead_letters', array(select standing_of_letter(state) from added));
	return null;
end $$;

create function letters_moved() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_move('dead_letters', standing_of_letter(old.state), standing_of_letter(new.state));
	return null;
end $$;

create function letters_removed() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_remove('dead_letters', array_agg(id::text),
			array_agg(standing_of_letter(state)), array['in_flight', 'dead_lettered'])
		from gone having count(*) > 0;
	return null;
end $$;

create trigger letters_accepted after insert on dead_letters referencing new table as added
for each statement execute function letters_accepted();
create trigger letters_moved after update on dead_letters for each row when (
	standing_of_letter(old.state) is distinct from standing_of_letter(new.state))
execute function letters_moved();
create trigger letters_removed after delete on dead_letters referencing old table as gone
for each statement execute function letters_removed();

-- An event is in flight until it was handed to its subscriptions, which are deliveries from then on.
create function events_accepted() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_accept('events', array(select 'in_flight' from added));
	return null;
end $$;

create function events_removed() returns trigger language plpgsql set search_path from current as $$
begin
	perform ledger_remove('events', array_agg(gone.id::text),
			array_agg(case when arrived.position is null then 'completed' else 'in_flight' end),
			array['in_flight'])
		from gone left join webhook_arrivals arrived on arrived.position = gone.position
		having count(*) > 0;
	return null;
end $$;

-- Only routing, which holds the lock 7061013, may find that nobody wants an event.
create function events_routed() returns trigger language plpgsql set search_path from current as $$
declare
	wanted bigint;
	unwanted text[];
begin
	select count(*) filter (where taken.wanted),
		array_agg(taken.id::text) filter (where not taken.wanted)
	into wanted, unwanted
	from (
		select event.id, exists (select from webhook_deliveries delivery
			where delivery.event_position = gone.position) as wanted
		from gone join webhook_events event on event.position = gone.position
	) taken;
	if wanted > 0 then
		insert into ledger_changes (ledger, in_flight, completed) values ('events', -wanted, wanted);
	end if;
	if unwanted is null then
		return null;
	end if;
	insert into ledger_changes (ledger, in_flight) values ('events', -cardinality(unwanted));
	if exists (select from pg_locks held
		where held.locktype = 'advisory' and held.pid = pg_backend_pid() and held.granted
			and held.classid = 0 and held.objid = 7061013 and held.objsubid = 1) then
		insert into ledger_changes (ledger, discarded) values ('events', cardinality(unwanted));
	else
		insert into ledger_losses (ledger, id, standing)
		select 'events', lost.id, 'in_flight' from unnest(unwanted) as lost (id);
	end if;
	return null;
end $$;

create trigger events_accepted after insert on webhook_events referencing new table as added
for each statement execute function events_accepted();
create trigger events_removed after delete on webhook_events referencing old table as gone
for each statement execute function events_removed();
create trigger events_routed after delete on webhook_arrivals referencing old table as gone
for each statement execute function events_routed();

-- The triggers keep writers out until this is committed.
insert into ledger_counts (ledger, accepted, completed, dead_lettered, discarded, in_flight)
select 'executions', count(*), count(*) filter (where standing = 'completed'),
	count(*) filter (where standing = 'dead_lettered'),
	count(*) filter (where standing = 'discarded'), count(*) filter (where standing = 'in_flight')
from (select standing_of_execution(status, letter_id, origin) as standing from executions
	where origin <> 'observed') rows
union all
select 'deliveries', count(*), count(*) filter (where standing = 'completed'),
	count(*) filter (where standing = 'dead_lettered'),
	count(*) filter (where standing = 'discarded'), count(*) filter (where standing = 'in_flight')
from (select standing_of_delivery(state) as standing from webhook_deliveries) rows
union all
select 'dead_letters', count(*), count(*) filter (where standing = 'completed'),
	count(*) filter (where standing = 'dead_lettered'),
	count(*) filter (where standing = 'discarded'), count(*) filter (where standing = 'in_flight')
from (select standing_of_letter(state) as standing from dead_letters) rows
union all
select 'events', count(*),
	count(*) filter (where not event.arrived and event.wanted), 0,
	count(*) filter (where not event.arrived and not event.wanted),
	count(*) filter (where event.arrived)
from (select exists (select from webhook_arrivals where webhook_arrivals.position = webhook_events.position)
		as arrived,
	exists (select from webhook_deliveries where webhook_deliveries.event_id = webhook_events.id)
		as wanted
	from webhook_events) event;
