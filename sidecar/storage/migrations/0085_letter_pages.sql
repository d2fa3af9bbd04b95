-- Every list of letters has an index with its filters in front and its order behind; see letter-pages.ts.
-- Fewer of them, too: each costs every move of a letter.
create index dead_letters_by_standing on dead_letters (environment, state, error_class, severity, id);
create index dead_letters_by_workflow
on dead_letters (environment, workflow_id, state, error_class, severity, id);
create index dead_letters_by_incident on dead_letters (environment, incident, state, id);
drop index dead_letters_newest, dead_letters_by_state, dead_letters_workflow_state,
	dead_letters_class_state, dead_letters_severity_state, dead_letters_incident;
drop statistics dead_letters_together;
