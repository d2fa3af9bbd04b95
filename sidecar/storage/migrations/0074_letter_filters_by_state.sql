-- What somebody looks for is in one state, mostly: waiting letters of a workflow, of a class.
create index dead_letters_workflow_state on dead_letters (workflow_id, state, id);
create index dead_letters_class_state on dead_letters (error_class, state, id);
create index dead_letters_severity_state on dead_letters (severity, state, id);
drop index dead_letters_by_workflow, dead_letters_by_class, dead_letters_by_severity;

-- Where the letter of an execution is asked for.
create index dead_letters_execution on dead_letters (execution_id) where execution_id is not null;
create index letter_executions_execution on letter_executions (execution_id);

-- Lists are cut at a page. Where two filters have nothing in common the planner must know it, or it
-- walks through all that fits one of them.
create statistics dead_letters_together (mcv)
on environment, state, workflow_id, error_class, severity from dead_letters;
