import type { Capture, DeadLetter, ErrorClass, NewDeadLetter } from '../dead-letters/dead-letter';
import type { DeadLetterStore, LetterFilter } from '../dead-letters/dead-letter-store';
import { selectLetters, toLetter, type LetterRow } from './dead-letter-row';
import type { Queryable } from './pool';

export async function acceptLetter(
	client: Queryable,
	letter: NewDeadLetter,
): Promise<{ letter: DeadLetter; created: boolean }> {
	const { rows } = await client.query<{ id: string }>(
		`insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id,
			workflow_name, execution_id, error, error_class, trigger, failed_input, ran, version_id,
			captured_at, next_replay_at, note, created_at, updated_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18,
			$19)
		on conflict (environment, dedup_key) do update set
			note = coalesce(dead_letters.note, excluded.note),
			trigger = coalesce(dead_letters.trigger, excluded.trigger)
		returning dead_letters.id`,
		[
			letter.id,
			letter.environment,
			letter.dedupKey,
			letter.state,
			letter.origin,
			letter.workflowId,
			letter.workflowName,
			letter.executionId,
			JSON.stringify(letter.error),
			letter.errorClass,
			jsonOrNull(letter.trigger),
			JSON.stringify(letter.failedInput),
			jsonOrNull(letter.ran),
			letter.versionId,
			letter.capturedAt,
			letter.nextReplayAt,
			letter.note,
			letter.createdAt,
			letter.expiresAt,
		],
	);
	const id = rows[0]?.id ?? letter.id;
	const kept = await findLetter(client, id);
	if (!kept) throw new Error(`dead letter ${id} was not kept`);
	return { letter: kept, created: id === letter.id };
}

export async function findLetter(client: Queryable, id: string): Promise<DeadLetter | null> {
	const { rows } = await client.query<LetterRow>(`${selectLetters} where dead_letters.id = $1`, [
		id,
	]);
	return rows[0] ? toLetter(rows[0]) : null;
}

export async function listLetters(
	client: Queryable,
	filter: LetterFilter,
	page: { limit: number; after: string | null },
): Promise<DeadLetter[]> {
	const { rows } = await client.query<LetterRow>(
		`${selectLetters}
		where ($1::text is null or dead_letters.environment = $1)
			and ($2::text is null or dead_letters.state = $2)
			and ($3::text is null or dead_letters.workflow_id = $3)
			and ($4::text is null or dead_letters.error_class = $4)
			and ($5::text is null or dead_letters.execution_id = $5)
			and ($6::uuid is null or dead_letters.id < $6)
		order by dead_letters.id desc limit $7`,
		[
			filter.environment ?? null,
			filter.state ?? null,
			filter.workflowId ?? null,
			filter.errorClass ?? null,
			filter.executionId ?? null,
			page.after,
			page.limit,
		],
	);
	return rows.map(toLetter);
}

export async function uncapturedLetters(
	client: Queryable,
	environment: string,
	limit: number,
): Promise<DeadLetter[]> {
	const { rows } = await client.query<LetterRow>(
		`${selectLetters}
		where dead_letters.environment = $1 and dead_letters.captured_at is null
		order by dead_letters.id limit $2`,
		[environment, limit],
	);
	return rows.map(toLetter);
}

export async function fillLetter(
	client: Queryable,
	id: string,
	capture: Capture,
	errorClass: ErrorClass,
	at: Date,
): Promise<void> {
	await client.query(
		`update dead_letters set
			workflow_name = coalesce(dead_letters.workflow_name, $2),
			trigger = coalesce(dead_letters.trigger, $3),
			failed_input = case when json_array_length(dead_letters.failed_input) = 0
				then $4::json else dead_letters.failed_input end,
			ran = coalesce(dead_letters.ran, $5),
			version_id = coalesce(dead_letters.version_id, $6),
			error_class = $7,
			captured_at = coalesce(dead_letters.captured_at, $8),
			updated_at = $8
		where dead_letters.id = $1`,
		[
			id,
			capture.workflowName,
			jsonOrNull(capture.trigger),
			JSON.stringify(capture.failedInput),
			jsonOrNull(capture.ran),
			capture.versionId,
			errorClass,
			at,
		],
	);
}

export async function moveLetter(
	client: Queryable,
	...[id, from, to, note, at]: Parameters<DeadLetterStore['move']>
): Promise<DeadLetter | null> {
	const { rowCount } = await client.query(
		`update dead_letters set state = $3, note = coalesce($4, dead_letters.note),
			next_replay_at = null, updated_at = $5
		where dead_letters.id = $1 and dead_letters.state = any ($2)`,
		[id, from, to, note, at],
	);
	return rowCount === 1 ? await findLetter(client, id) : null;
}

export async function expireLetters(client: Queryable, now: Date): Promise<number> {
	const { rowCount } = await client.query(
		`update dead_letters set state = 'expired', next_replay_at = null, updated_at = $1
		where dead_letters.state in ('waiting', 'scheduled') and dead_letters.expires_at <= $1`,
		[now],
	);
	return rowCount ?? 0;
}

export async function countLetters(client: Queryable): ReturnType<DeadLetterStore['count']> {
	const { rows } = await client.query<{
		environment: string;
		error_class: ErrorClass;
		state: DeadLetter['state'];
		letters: number;
	}>(
		`select dead_letters.environment, dead_letters.error_class, dead_letters.state,
			count(*)::integer as letters
		from dead_letters group by 1, 2, 3`,
	);
	return rows.map(({ error_class: errorClass, ...row }) => ({ ...row, errorClass }));
}

function jsonOrNull(value: unknown): string | null {
	return value === null ? null : JSON.stringify(value);
}
