-- As before, but counted on both sides instead of paired: pairs were found by comparing each letter with
-- each, for as many as were moved together.
create or replace function letters_moved() returns trigger language plpgsql as $$
begin
	insert into orchestration.ledger_changes (ledger, completed, dead_lettered, discarded, in_flight)
	select 'dead_letters', moved.completed, moved.dead_lettered, moved.discarded, moved.in_flight
	from (
		select coalesce(sum(letters) filter (where standing = 'completed'), 0) as completed,
			coalesce(sum(letters) filter (where standing = 'dead_lettered'), 0) as dead_lettered,
			coalesce(sum(letters) filter (where standing = 'discarded'), 0) as discarded,
			coalesce(sum(letters) filter (where standing = 'in_flight'), 0) as in_flight
		from (
			select orchestration.standing_of_letter(was.state) as standing, -1 as letters from was
			union all
			select orchestration.standing_of_letter(becomes.state), 1 from becomes
		) as sides
	) as moved
	where (moved.completed, moved.dead_lettered, moved.discarded, moved.in_flight)
		is distinct from (0, 0, 0, 0);
	return null;
end $$;
