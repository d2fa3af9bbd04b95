-- What is not over is counted and listed again and again, beside millions that are.
create index executions_under_way on executions (environment, status, id)
where status in ('queued', 'running', 'waiting', 'in-doubt');
