-- Namespace, task queue and name of the server of an environment whose engine is Temporal.
alter table environments add column temporal json;
