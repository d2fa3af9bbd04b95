import {
	type DeadLetter,
	deadLetterStates,
	type ErrorClass,
	type LetterSummary,
} from '../dead-letters/dead-letter';
import type { DeadLetterStore, LetterFilter } from '../dead-letters/dead-letter-store';
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

export async function listLetters(
	client: Queryable,
	filter: LetterFilter,
	page: { limit: number; after: string | null },
): Promise<LetterSummary[]> {
	const { state, workflowId, errorClass, severity } = filter;
	const isOfAllStates =
		state === undefined && [workflowId, errorClass, severity].some((given) => given !== undefined);
	const { rows } = await client.query<SummaryRow>(
		isOfAllStates ? pageOfEachState : pageOfOneState,
		[
			filter.environment ?? null,
			isOfAllStates ? deadLetterStates : (state ?? null),
			workflowId ?? null,
			errorClass ?? null,
			filter.executionId ?? null,
			page.after,
			page.limit,
			severity ?? null,
			filter.incident ?? null,
		],
	);
	return rows.map(toSummary);
}

const pageWhere = (isInState: string) => `${selectSummaries}
	where ${isInState}
		and ($1::text is null or dead_letters.environment = $1)
		and ($3::text is null or dead_letters.workflow_id = $3)
		and ($4::text is null or dead_letters.error_class = $4)
		and ($5::text is null or dead_letters.id = any (array(
			select letter_executions.letter_id from letter_executions
			where letter_executions.execution_id = $5
			union all
			select reported.id from dead_letters as reported where reported.execution_id = $5)))
		and ($6::uuid is null or dead_letters.id < $6)
		and ($8::text is null or dead_letters.severity = $8)
		and ($9::text is null or dead_letters.incident = $9)
	order by dead_letters.id desc limit $7`;

const pageOfOneState = pageWhere('($2::text is null or dead_letters.state = $2)');

/** The indexes have what is asked for state by state, so each gives a page to choose from. */
const pageOfEachState = `
	select page.* from unnest($2::text[]) as asked (state)
	cross join lateral (${pageWhere('dead_letters.state = asked.state')}) as page
	order by page.id desc limit $7`;

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
