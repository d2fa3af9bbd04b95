-- Called for each row of a batch: the name of the schema is written out, since a search_path of its own
-- costs a function more than its work.
create or replace function executions_moved() returns trigger language plpgsql as $$
declare
	before constant text := orchestration.standing_of_execution(old.status, old.letter_id, old.origin);
	after constant text := orchestration.standing_of_execution(new.status, new.letter_id, new.origin);
begin
	insert into orchestration.ledger_changes (ledger, completed, dead_lettered, discarded, in_flight)
	values ('executions', (after = 'completed')::integer - (before = 'completed')::integer,
		(after = 'dead_lettered')::integer - (before = 'dead_lettered')::integer,
		(after = 'discarded')::integer - (before = 'discarded')::integer,
		(after = 'in_flight')::integer - (before = 'in_flight')::integer);
	return null;
end $$;
alter function executions_moved() reset search_path;

create or replace function deliveries_moved() returns trigger language plpgsql as $$
declare
	before constant text := orchestration.standing_of_delivery(old.state);
	after constant text := orchestration.standing_of_delivery(new.state);
begin
	insert into orchestration.ledger_changes (ledger, completed, dead_lettered, discarded, in_flight)
	values ('deliveries', (after = 'completed')::integer - (before = 'completed')::integer,
		(after = 'dead_lettered')::integer - (before = 'dead_lettered')::integer,
		(after = 'discarded')::integer - (before = 'discarded')::integer,
		(after = 'in_flight')::integer - (before = 'in_flight')::integer);
	return null;
end $$;
alter function deliveries_moved() reset search_path;

create or replace function letters_moved() returns trigger language plpgsql as $$
declare
	before constant text := orchestration.standing_of_letter(old.state);
	after constant text := orchestration.standing_of_letter(new.state);
begin
	insert into orchestration.ledger_changes (ledger, completed, dead_lettered, discarded, in_flight)
	values ('dead_letters', (after = 'completed')::integer - (before = 'completed')::integer,
		(after = 'dead_lettered')::integer - (before = 'dead_lettered')::integer,
		(after = 'discarded')::integer - (before = 'discarded')::integer,
		(after = 'in_flight')::integer - (before = 'in_flight')::integer);
	return null;
end $$;
alter function letters_moved() reset search_path;

drop function ledger_move(text, text, text);
