import type { NewDeadLetter } from '../dead-letters/dead-letter';
import type { Queryable } from './queryable';
import { storedJson, storedText } from './stored-text';

/** A list of values for each; not one JSON text, which Postgres would not take apart with U+0000 in it. */
const reportColumns = {
	id: 'uuid',
	environment: 'text',
	own_key: 'text',
	severity: 'text',
	fingerprint: 'text',
	incident: 'text',
	failed_node: 'text',
	state: 'text',
	origin: 'text',
	workflow_id: 'text',
	workflow_name: 'text',
	execution_id: 'text',
	execution_url: 'text',
	error: 'json',
	error_class: 'text',
	trigger: 'json',
	failed_input: 'json',
	ran: 'json',
	version_id: 'uuid',
	captured_at: 'timestamptz',
	next_replay_at: 'timestamptz',
	note: 'text',
	created_at: 'timestamptz',
	expires_at: 'timestamptz',
	execution_id_list: 'json',
};

const columnsOf = (columns: Record<string, string>): string =>
	Object.values(columns)
		.map((type, nth) => `$${nth + 1}::${type}[]`)
		.join(', ');

/**
 * One statement, so that of several reports at once exactly one makes the letter, and many are kept
 * together or not at all. A report that shares an execution with a letter is of that letter, even
 * when it is a retry of a retry. A fingerprint belongs to the letter that is open; one that is over
 * gives it up. In order of the keys, so that two batches never wait for each other.
 */
const acceptSql = `with reported as (
	select report.*, coalesce((
		select dead_letters.dedup_key from letter_executions
		join dead_letters on dead_letters.id = letter_executions.letter_id
		where letter_executions.environment = report.environment
			and letter_executions.workflow_id = report.workflow_id
			and letter_executions.execution_id = any (report.execution_ids)
		order by dead_letters.id limit 1
	), report.own_key) as dedup_key
	from (
		select given.*,
			array(select json_array_elements_text(given.execution_id_list)) as execution_ids
		from unnest(${columnsOf(reportColumns)})
			with ordinality as given (${Object.keys(reportColumns).join(', ')}, nth)
	) as report
), freed as (
	update dead_letters set dedup_key = 'closed:' || dead_letters.id || ':' || dead_letters.dedup_key
	from reported
	where reported.fingerprint is not null and dead_letters.environment = reported.environment
		and dead_letters.workflow_id = reported.workflow_id
		and dead_letters.dedup_key = reported.dedup_key
		and dead_letters.state in ('resolved', 'discarded', 'expired')
	returning dead_letters.id
), kept as (
	insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id,
		workflow_name, execution_id, execution_url, error, error_class, trigger, failed_input, ran, version_id,
		captured_at, next_replay_at, note, severity, fingerprint, incident, failed_node, occurrences, created_at,
		updated_at, expires_at)
	select firsts.id, firsts.environment, firsts.dedup_key, firsts.state, firsts.origin,
		firsts.workflow_id, firsts.workflow_name, firsts.execution_id, firsts.execution_url, firsts.error,
		firsts.error_class, firsts.trigger, firsts.failed_input, firsts.ran, firsts.version_id,
		firsts.captured_at, firsts.next_replay_at, firsts.note, firsts.severity,
		firsts.fingerprint, firsts.incident, firsts.failed_node, case when firsts.fingerprint is null then 1 else firsts.reports end,
		firsts.created_at, firsts.created_at, firsts.expires_at
	from (
		select distinct on (reported.environment, reported.workflow_id, reported.dedup_key) reported.*,
			count(*) over (partition by reported.environment, reported.workflow_id,
				reported.dedup_key) as reports
		from reported
		order by reported.environment, reported.workflow_id, reported.dedup_key, reported.nth
	) as firsts, (select count(*) from freed) as keys_are_free
	order by firsts.environment, firsts.workflow_id, firsts.dedup_key
	on conflict (environment, workflow_id, dedup_key) do update set
		workflow_name = coalesce(dead_letters.workflow_name, excluded.workflow_name),
		trigger = coalesce(dead_letters.trigger, excluded.trigger),
		failed_input = case when json_array_length(dead_letters.failed_input) = 0
			then excluded.failed_input else dead_letters.failed_input end,
		note = coalesce(dead_letters.note, excluded.note),
		occurrences = dead_letters.occurrences
			+ case when excluded.fingerprint is null then 0 else excluded.occurrences end
	returning dead_letters.id, dead_letters.environment, dead_letters.workflow_id,
		dead_letters.dedup_key, dead_letters.xmax = 0 as is_new
), answered as (
	select reported.nth, reported.environment, reported.workflow_id, reported.execution_ids, kept.id,
		kept.is_new and count(*) over (partition by kept.id) = 1 as is_as_reported
	from reported join kept on kept.environment = reported.environment
		and kept.workflow_id = reported.workflow_id and kept.dedup_key = reported.dedup_key
), named as (
	insert into letter_executions (environment, workflow_id, execution_id, letter_id)
	select answered.environment, answered.workflow_id, execution.id, answered.id
	from answered, unnest(answered.execution_ids) as execution (id)
	on conflict (environment, workflow_id, execution_id) do nothing
)
select answered.id, answered.is_as_reported as "isAsReported", bindings.workflow_key as "workflowKey"
from answered
left join bindings on bindings.environment = answered.environment
	and bindings.workflow_id = answered.workflow_id
order by answered.nth`;

/** Where a report is kept. */
export interface KeptLetter {
	id: string;
	/** A new letter, of this report alone. */
	isAsReported: boolean;
	workflowKey: string | null;
}

/** All or none; answered in the order of the letters. */
export async function keepLetters(
	client: Queryable,
	letters: readonly NewDeadLetter[],
): Promise<KeptLetter[]> {
	const reports = letters.map(toReport);
	const columns = Object.keys(reportColumns) as Array<keyof typeof reportColumns>;
	const { rows } = await client.query<KeptLetter>(
		acceptSql,
		columns.map((column) => reports.map((report) => report[column])),
		'keep_letters',
	);
	return rows;
}

function toReport(letter: NewDeadLetter): Record<keyof typeof reportColumns, unknown> {
	return {
		id: letter.id,
		environment: letter.environment,
		own_key: letter.dedupKey,
		severity: letter.severity,
		fingerprint: letter.fingerprint,
		incident: letter.incident,
		failed_node: storedText(letter.error.node),
		state: letter.state,
		origin: letter.origin,
		workflow_id: letter.workflowId,
		workflow_name: storedText(letter.workflowName),
		execution_id: letter.executionId,
		execution_url: letter.executionUrl,
		error: storedJson(letter.error),
		error_class: letter.errorClass,
		trigger: storedJson(letter.trigger),
		failed_input: storedJson(letter.failedInput),
		ran: storedJson(letter.ran),
		version_id: letter.versionId,
		captured_at: letter.capturedAt,
		next_replay_at: letter.nextReplayAt,
		note: storedText(letter.note),
		created_at: letter.createdAt,
		expires_at: letter.expiresAt,
		execution_id_list: storedJson(letter.executionIds),
	};
}
