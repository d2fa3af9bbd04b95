-- The endpoint of what happens here. Nobody can send to it from outside.
insert into webhook_endpoints (name, scheme, tolerance_seconds, dedup_window_seconds, max_bytes,
	methods, enabled, ttl_seconds, sealed_secrets, secret_count, created_at, updated_at)
values ('orchestration', 'none', 300, 86400, 1048576, '{}', true, 604800, '', 0, now(), now());

create function keep_system_event(
	event_type text, event_subject text, event_environment text, event_dedup text, event_data json
) returns void language sql set search_path from current as $$
	with kept as (
		insert into webhook_events (id, endpoint, type, dedup_key, dedup_until, subject, environment,
			method, query, headers, body, received_at, keep_until)
		values (gen_random_uuid(), 'orchestration', event_type, event_dedup,
			now() + interval '1 day', event_subject, event_environment, 'POST', '',
			'{"content-type": "application/json"}',
			convert_to(json_build_object('type', event_type,
				'timestamp', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
				'subject', event_subject, 'environment', event_environment,
				'data', event_data)::text, 'UTF8'),
			now(), now() + interval '7 days')
		on conflict (endpoint, dedup_key) where dedup_key is not null do nothing
		returning webhook_events.position
	)
	insert into webhook_arrivals (position) select kept.position from kept
$$;

-- In the transaction of what is told: there is no event without it, and none is missed.
create function tell_dead_letter() returns trigger language plpgsql set search_path from current as $$
begin
	perform keep_system_event('dead_letter.created', new.id::text, new.environment,
		'dead_letter.created/' || new.id, json_build_object(
			'id', new.id, 'workflowId', new.workflow_id, 'workflowName', new.workflow_name,
			'executionId', new.execution_id, 'origin', new.origin, 'state', new.state,
			'errorClass', new.error_class, 'error', new.error));
	return null;
end $$;

create trigger dead_letter_told after insert on dead_letters
for each row execute function tell_dead_letter();

create function tell_promotion() returns trigger language plpgsql set search_path from current as $$
begin
	perform keep_system_event('promotion.finished', new.id::text, new.to_environment,
		'promotion.finished/' || new.id || '/' || new.phase, json_build_object(
			'id', new.id, 'phase', new.phase, 'releaseId', new.release_id,
			'from', new.from_environment, 'to', new.to_environment,
			'rollbackOf', new.rollback_of, 'reason', new.reason, 'createdBy', new.created_by));
	return null;
end $$;

create trigger promotion_told after update of phase on promotions
for each row when (old.phase is distinct from new.phase
	and new.phase in ('succeeded', 'failed', 'errored', 'rolled-back', 'aborted'))
execute function tell_promotion();
