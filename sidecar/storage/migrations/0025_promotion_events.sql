-- What happened to a promotion, in order and without gaps. Written by triggers, so that no statement can
-- move a phase or a step unseen, an older replica's neither.
create table promotion_events (
	promotion_id uuid not null references promotions (id),
	sequence bigint not null,
	type text not null,
	data json not null,
	at timestamptz not null default now(),
	primary key (promotion_id, sequence)
);

alter table promotions add column event_count bigint not null default 0;

-- The row lock on the promotion makes events become visible in the order of their numbers.
create function note_promotion(promotion uuid, type text, data json) returns void
language sql as $$
	with numbered as (
		update promotions set event_count = promotions.event_count + 1
		where promotions.id = promotion
		returning promotions.event_count
	)
	insert into promotion_events (promotion_id, sequence, type, data)
	select promotion, numbered.event_count, note_promotion.type, note_promotion.data from numbered
$$;

create function note_promotion_phase() returns trigger
language plpgsql as $$
begin
	perform note_promotion(
		new.id, 'phase', json_build_object('phase', new.phase, 'reason', new.reason)
	);
	return null;
end
$$;

create trigger promotion_planned after insert on promotions
for each row execute function note_promotion_phase();

create trigger promotion_phase after update of phase on promotions
for each row when (old.phase is distinct from new.phase)
execute function note_promotion_phase();

create function note_promotion_step() returns trigger
language plpgsql as $$
begin
	perform note_promotion(
		new.promotion_id,
		'step',
		json_build_object(
			'index', new.index, 'workflowKey', new.workflow_key, 'action', new.action,
			'status', new.status, 'message', new.message
		)
	);
	return null;
end
$$;

create trigger promotion_step after update on promotion_steps
for each row when (
	old.status is distinct from new.status or old.message is distinct from new.message
)
execute function note_promotion_step();
