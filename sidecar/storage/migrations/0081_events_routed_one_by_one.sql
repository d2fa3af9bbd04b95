-- As before, but looked up row by row: a plan that was kept from when the tables were small would read
-- all of them, each time, for the few that were routed.
create or replace function events_routed() returns trigger language plpgsql set search_path from current as $$
declare
	wanted bigint;
	unwanted text[];
begin
	select count(*) filter (where taken.wanted),
		array_agg(taken.id::text) filter (where not taken.wanted)
	into wanted, unwanted
	from (
		select (select event.id from webhook_events event where event.position = gone.position) as id,
			(select true from webhook_deliveries delivery
				where delivery.event_position = gone.position limit 1) is not null as wanted
		from gone offset 0
	) taken
	where taken.id is not null;
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
