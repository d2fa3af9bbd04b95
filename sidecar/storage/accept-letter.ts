import type { DeadLetter, NewDeadLetter } from '../dead-letters/dead-letter';
import { findLetter } from './letter-queries';
import type { Queryable } from './queryable';
import { storedJson, storedText } from './stored-text';

/**
 * One statement, so that of several reports at once exactly one makes the letter. A report that shares
 * an execution with a letter is of that letter, even when it is a retry of a retry.
 */
const acceptSql = `with root as (
	select dead_letters.dedup_key from letter_executions
	join dead_letters on dead_letters.id = letter_executions.letter_id
	where letter_executions.environment = $2 and letter_executions.workflow_id = $6
		and letter_executions.execution_id = any ($20)
	order by dead_letters.id limit 1
), kept as (
	insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id,
		workflow_name, execution_id, error, error_class, trigger, failed_input, ran, version_id,
		captured_at, next_replay_at, note, created_at, updated_at, expires_at)
	values ($1, $2, coalesce((select root.dedup_key from root), $3), $4, $5, $6, $7, $8, $9, $10,
		$11, $12, $13, $14, $15, $16, $17, $18, $18, $19)
	on conflict (environment, workflow_id, dedup_key) do update set
		workflow_name = coalesce(dead_letters.workflow_name, excluded.workflow_name),
		trigger = coalesce(dead_letters.trigger, excluded.trigger),
		failed_input = case when json_array_length(dead_letters.failed_input) = 0
			then excluded.failed_input else dead_letters.failed_input end,
		note = coalesce(dead_letters.note, excluded.note)
	returning dead_letters.id
), named as (
	insert into letter_executions (environment, workflow_id, execution_id, letter_id)
	select $2, $6, execution.id, kept.id from kept, unnest($20::text[]) as execution (id)
	on conflict (environment, workflow_id, execution_id) do nothing
)
select kept.id from kept`;

export async function acceptLetter(
	client: Queryable,
	letter: NewDeadLetter,
): Promise<{ letter: DeadLetter; created: boolean }> {
	const { rows } = await client.query<{ id: string }>(acceptSql, [
		letter.id,
		letter.environment,
		letter.dedupKey,
		letter.state,
		letter.origin,
		letter.workflowId,
		storedText(letter.workflowName),
		letter.executionId,
		storedJson(letter.error),
		letter.errorClass,
		storedJson(letter.trigger),
		storedJson(letter.failedInput),
		storedJson(letter.ran),
		letter.versionId,
		letter.capturedAt,
		letter.nextReplayAt,
		storedText(letter.note),
		letter.createdAt,
		letter.expiresAt,
		letter.executionIds,
	]);
	const id = rows[0]?.id ?? letter.id;
	const kept = await findLetter(client, id);
	if (!kept) throw new Error(`dead letter ${id} was not kept`);
	return { letter: kept, created: id === letter.id };
}
