import type { DeadLetter, ErrorClass, LetterSummary } from '../dead-letters/dead-letter';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import {
	selectLetters,
	selectSummaries,
	toLetter,
	toSummary,
	type LetterRow,
	type SummaryRow,
} from './dead-letter-row';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

export async function findLetter(client: Queryable, id: string): Promise<DeadLetter | null> {
	const { rows } = await client.query<LetterRow>(`${selectLetters} where dead_letters.id = $1`, [
		id,
	]);
	return rows[0] ? await toLetter(rows[0]) : null;
}

/** In the order of the ids; one that is not there is left out. */
export async function findSummaries(client: Queryable, ids: string[]): Promise<LetterSummary[]> {
	const { rows } = await client.query<SummaryRow>(
		`${selectSummaries} where dead_letters.id = any ($1::uuid[])`,
		[ids],
	);
	const found = new Map(rows.map((row) => [row.id, toSummary(row)]));
	return ids.map((id) => found.get(id)).filter((letter) => letter !== undefined);
}

export async function moveLetter(
	client: Queryable,
	...[id, from, to, note, at]: Parameters<DeadLetterStore['move']>
): Promise<DeadLetter | null> {
	const { rowCount } = await client.query(
		`update dead_letters set state = $3, note = nullif(concat_ws(E'\\n', dead_letters.note, $4::text), ''),
			next_replay_at = null, updated_at = $5
		where dead_letters.id = $1 and dead_letters.state = any ($2)`,
		[id, from, to, storedText(note), at],
	);
	return rowCount === 1 ? await findLetter(client, id) : null;
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
