import type { LetterSummary } from '../dead-letters/dead-letter';
import type { LetterCompletion } from '../dead-letters/dead-letter-store';
import { selectSummaries, toSummary, type SummaryRow } from './dead-letter-row';
import type { Queryable } from './queryable';
import { storedJson, storedText } from './stored-text';

export async function claimUncaptured(
	client: Queryable,
	environment: string,
	now: Date,
	limit: number,
): Promise<LetterSummary[]> {
	const { rows } = await client.query<SummaryRow>(
		`with turn as (
			select dead_letters.id from dead_letters
			where dead_letters.environment = $1 and dead_letters.captured_at is null
				and (dead_letters.look_again_at is null or dead_letters.look_again_at <= $2)
			order by dead_letters.look_again_at nulls first, dead_letters.id limit $3
			for update skip locked
		), claimed as (
			update dead_letters set look_again_at = $2::timestamptz + least(interval '1 minute',
				greatest(interval '2 seconds', $2::timestamptz - dead_letters.created_at))
			from turn where dead_letters.id = turn.id
			returning dead_letters.id
		)
		${selectSummaries}
		where dead_letters.id in (select claimed.id from claimed) order by dead_letters.id`,
		[environment, now, limit],
	);
	return rows.map(toSummary);
}

export async function completeLetter(
	client: Queryable,
	id: string,
	completion: LetterCompletion,
	at: Date,
): Promise<void> {
	const { capture, error, errorClass, incident, capturedAt, scheduleAt } = completion;
	await client.query(
		`update dead_letters set
			workflow_name = coalesce(dead_letters.workflow_name, $2),
			trigger = coalesce(dead_letters.trigger, $3),
			failed_input = case when json_array_length(dead_letters.failed_input) = 0
				then $4::json else dead_letters.failed_input end,
			ran = coalesce(dead_letters.ran, $5),
			version_id = coalesce(dead_letters.version_id, $6),
			error = $7,
			error_class = $8,
			incident = $12,
			failed_node = $13,
			captured_at = coalesce(dead_letters.captured_at, $9),
			state = case when schedule.it then 'scheduled' else dead_letters.state end,
			next_replay_at = case when schedule.it then $10 else dead_letters.next_replay_at end,
			updated_at = $11
		from (select fresh.state = 'waiting' and fresh.attempts = 0 and $10::timestamptz is not null
			as it from dead_letters as fresh where fresh.id = $1) as schedule
		where dead_letters.id = $1`,
		[
			id,
			storedText(capture.workflowName),
			storedJson(capture.trigger),
			storedJson(capture.failedInput),
			storedJson(capture.ran),
			capture.versionId,
			storedJson(error),
			errorClass,
			capturedAt,
			scheduleAt,
			at,
			incident,
			storedText(error.node),
		],
	);
}
