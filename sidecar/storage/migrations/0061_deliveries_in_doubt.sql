alter table webhook_deliveries
	-- Attempts of which nobody knows whether the receiver took them.
	add column in_doubt integer not null default 0;

create index webhook_deliveries_in_doubt on webhook_deliveries (event_position, id)
where in_doubt > 0;
