-- Lists are newest first, by any one of their filters.
create index dead_letters_by_workflow on dead_letters (workflow_id, id);
create index dead_letters_by_class on dead_letters (error_class, id);
create index dead_letters_by_severity on dead_letters (severity, id);
create index dead_letters_by_state on dead_letters (state, id);
