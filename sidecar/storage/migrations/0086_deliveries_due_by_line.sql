-- What has no key is due by time alone; of what has one, mostly only the first of its line. See claim-deliveries.ts.
drop index webhook_deliveries_due;
create index webhook_deliveries_due on webhook_deliveries (subscription_id, next_attempt_at, event_position)
where state = 'pending' and ordering_key is null;
create index webhook_deliveries_due_in_line on webhook_deliveries (subscription_id, next_attempt_at, event_position)
where state = 'pending' and ordering_key is not null;
