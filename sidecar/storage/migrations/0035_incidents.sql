alter table dead_letters
	-- Letters of one cause carry the same; see dead-letters/incident.ts. Null: not worked out yet.
	-- Not the fingerprint, by which a reporter names the same work.
	add column incident text,
	-- Of the error, where statements can read it.
	add column failed_node text;

create index dead_letters_incident on dead_letters (environment, incident, id);
create index dead_letters_without_incident on dead_letters (id) where incident is null;
