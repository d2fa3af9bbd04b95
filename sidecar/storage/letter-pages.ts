import {
	deadLetterStates,
	errorClasses,
	severities,
	type LetterSummary,
} from '../dead-letters/dead-letter';
import type { LetterFilter } from '../dead-letters/dead-letter-store';
import { selectSummaries, toSummary, type SummaryRow } from './dead-letter-row';
import type { Queryable } from './queryable';

interface Page {
	limit: number;
	after: string | null;
}

type Column = 'environment' | 'incident' | 'workflow_id' | 'state' | 'error_class' | 'severity';

/** Values of columns that narrow a list; the rest may have any. */
type Asked = Partial<Record<Column, readonly string[]>>;

/** An index that has a list in its order: the newest first for each combination of values. */
interface ListIndex {
	first: readonly Column[];
	/** Before the id. */
	last: Column;
}

const byIncident: ListIndex = { first: ['environment', 'incident'], last: 'state' };
const byWorkflow: ListIndex = {
	first: ['environment', 'workflow_id', 'state', 'error_class'],
	last: 'severity',
};
const byStanding: ListIndex = { first: ['environment', 'state', 'error_class'], last: 'severity' };

const newestId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Newest first. */
export async function listLetters(
	client: Queryable,
	filter: LetterFilter,
	page: Page,
): Promise<LetterSummary[]> {
	const values: unknown[] = [];
	const ids = idsOf(filter, page, (value) => `$${values.push(value)}`);
	const { rows } = await client.query<SummaryRow>(
		`${selectSummaries} where dead_letters.id = any (array(${ids})) order by dead_letters.id desc`,
		values,
	);
	return rows.map(toSummary);
}

/** Gives the parameter of a value its place in the statement. */
type Given = (value: unknown) => string;

function idsOf(filter: LetterFilter, page: Page, given: Given): string {
	const asked = askedOf(filter);
	const { executionId } = filter;
	if (executionId !== undefined) return pageOfExecution(executionId, asked, page, given);
	if (asked.incident) return pageBy(byIncident, asked, page, given);
	if (asked.workflow_id) return pageBy(byWorkflow, asked, page, given);
	if (Object.keys(asked).length > 0) return pageBy(byStanding, asked, page, given);
	return pageOfAll(page, given);
}

function askedOf(filter: LetterFilter): Asked {
	const { environment, state, workflowId, errorClass, severity, incident } = filter;
	const columns = { environment, incident, workflow_id: workflowId, state, severity };
	return Object.fromEntries(
		Object.entries({ ...columns, error_class: errorClass })
			.filter(([, value]) => value !== undefined)
			.map(([column, value]) => [column, [value]]),
	);
}

const everyOther: Asked = {
	state: deadLetterStates,
	error_class: errorClasses,
	severity: severities,
};

/**
 * Asks an index for a page of each combination, and takes the newest of them. The last column is written
 * with `<` and `>=`, since only the index meant has it in this order: after nothing but `=` a planner may
 * as well walk through all letters from the newest on, which takes long where nearly all are alike and the
 * rest is old. More columns so written are read to the end by Postgres 15.
 */
function pageBy({ first, last }: ListIndex, asked: Asked, page: Page, given: Given): string {
	const columns = [...first, last];
	const combinations = columns.map((column) => {
		const values = asked[column] ?? everyOther[column];
		const list = values
			? `${given(values)}::text[]`
			: 'array(select environments.name from environments)';
		return `unnest(${list}) as of_${column} (it)`;
	});
	const same = first.map((column) => `dead_letters.${column} = of_${column}.it`).join(' and ');
	const rest = withoutColumns(asked, columns);
	const limit = given(page.limit);
	return `select page.id from ${combinations.join(' cross join ')}
		cross join lateral (
			select dead_letters.id from dead_letters
			where ${same} and dead_letters.${last} >= of_${last}.it
				and (dead_letters.${last}, dead_letters.id)
					< (of_${last}.it, ${given(page.after ?? newestId)}::uuid) ${whereAsked(rest, given)}
			order by dead_letters.${last} desc, dead_letters.id desc
			limit ${limit}
		) as page
		order by page.id desc limit ${limit}`;
}

function withoutColumns(asked: Asked, columns: readonly Column[]): Asked {
	return Object.fromEntries(
		Object.entries(asked).filter(([column]) => !columns.includes(column as Column)),
	);
}

function whereAsked(asked: Asked, given: Given): string {
	return Object.entries(asked)
		.map(([column, values]) => `and dead_letters.${column} = any (${given(values)}::text[])`)
		.join(' ');
}

function pageOfExecution(
	executionId: string,
	asked: Asked,
	{ limit, after }: Page,
	given: Given,
): string {
	const execution = given(executionId);
	return `select dead_letters.id from dead_letters
		where dead_letters.id = any (array(
				select letter_executions.letter_id from letter_executions
				where letter_executions.execution_id = ${execution}
				union all
				select reported.id from dead_letters as reported
				where reported.execution_id = ${execution}))
			and dead_letters.id < ${given(after ?? newestId)} ${whereAsked(asked, given)}
		order by dead_letters.id desc limit ${given(limit)}`;
}

function pageOfAll({ limit, after }: Page, given: Given): string {
	return `select dead_letters.id from dead_letters where dead_letters.id < ${given(after ?? newestId)}
		order by dead_letters.id desc limit ${given(limit)}`;
}
