-- What may be one of ours is looked for by when it was sent, in every look at what an environment runs.
create index execution_attempts_without_id on execution_attempts (sent_at)
where engine_execution_id is null;
