-- As before for each letter, by one statement for all that are kept together.
create function tell_dead_letters() returns trigger language plpgsql set search_path from current as $$
begin
	with kept as (
		insert into webhook_events (id, endpoint, type, dedup_key, dedup_until, subject, environment,
			method, query, headers, body, received_at, keep_until)
		select gen_random_uuid(), 'orchestration', 'dead_letter.created',
			'dead_letter.created/' || told.id, now() + interval '1 day', told.id::text,
			told.environment, 'POST', '', '{"content-type": "application/json"}',
			convert_to(json_build_object('type', 'dead_letter.created',
				'timestamp', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				'subject', told.id::text, 'environment', told.environment,
				'data', json_build_object('id', told.id, 'workflowId', told.workflow_id,
					'workflowName', told.workflow_name, 'executionId', told.execution_id,
					'origin', told.origin, 'state', told.state, 'errorClass', told.error_class,
					'error', told.error))::text, 'UTF8'),
			now(), now() + interval '7 days'
		from told order by told.id
		on conflict (endpoint, dedup_key) where dedup_key is not null do nothing
		returning webhook_events.position
	)
	insert into webhook_arrivals (position) select kept.position from kept;
	return null;
end $$;

drop trigger dead_letter_told on dead_letters;

create trigger dead_letters_told after insert on dead_letters
referencing new table as told
for each statement execute function tell_dead_letters();

drop function tell_dead_letter();
