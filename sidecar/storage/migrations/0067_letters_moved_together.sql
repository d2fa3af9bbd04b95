-- As before for each letter, by one statement for all that are moved together.
create or replace function letters_moved() returns trigger language plpgsql as $$
begin
	insert into orchestration.ledger_changes (ledger, completed, dead_lettered, discarded, in_flight)
	select 'dead_letters',
		count(*) filter (where after = 'completed') - count(*) filter (where before = 'completed'),
		count(*) filter (where after = 'dead_lettered') - count(*) filter (where before = 'dead_lettered'),
		count(*) filter (where after = 'discarded') - count(*) filter (where before = 'discarded'),
		count(*) filter (where after = 'in_flight') - count(*) filter (where before = 'in_flight')
	from (
		select orchestration.standing_of_letter(was.state) as before,
			orchestration.standing_of_letter(becomes.state) as after
		from was join becomes on becomes.id = was.id where was.state is distinct from becomes.state
	) as moved
	where moved.before is distinct from moved.after
	having count(*) > 0;
	return null;
end $$;

drop trigger letters_moved on dead_letters;

create trigger letters_moved after update on dead_letters
referencing old table as was new table as becomes
for each statement execute function letters_moved();
