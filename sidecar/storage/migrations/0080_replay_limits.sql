-- What a bulk replay holds to besides its rate: keys of a circuit and of a rate limit.
alter table bulk_replays add column circuit text;
alter table bulk_replays add column rate_limit text;
alter table replay_schedules add column circuit text;
alter table replay_schedules add column rate_limit text;
