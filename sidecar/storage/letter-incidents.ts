import {
	deadLetterStates,
	type DeadLetterState,
	type LetterSummary,
} from '../dead-letters/dead-letter';
import type { Incident, IncidentFilter } from '../dead-letters/dead-letter-store';
import { selectSummaries, toSummary, type SummaryRow } from './dead-letter-row';
import { findSummaries } from './letter-queries';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

export async function withoutIncident(client: Queryable, limit: number): Promise<LetterSummary[]> {
	const { rows } = await client.query<SummaryRow>(
		`${selectSummaries} where dead_letters.incident is null order by dead_letters.id limit $1`,
		[limit],
	);
	return rows.map(toSummary);
}

export async function nameIncidents(
	client: Queryable,
	named: Array<{ id: string; incident: string; node: string | null }>,
): Promise<void> {
	await client.query(
		`update dead_letters set incident = named.incident, failed_node = named.node
		from unnest($1::uuid[], $2::text[], $3::text[]) as named (id, incident, node)
		where dead_letters.id = named.id and dead_letters.incident is null`,
		[
			named.map(({ id }) => id),
			named.map(({ incident }) => incident),
			named.map(({ node }) => storedText(node)),
		],
	);
}

interface IncidentRow {
	incident: string;
	environment: string;
	letters: Record<DeadLetterState, number>;
	first_seen_at: Date;
	last_seen_at: Date;
	newest_id: string;
}

export async function listIncidents(
	client: Queryable,
	filter: IncidentFilter,
	page: { limit: number; after: string | null },
): Promise<Incident[]> {
	const { rows } = await client.query<IncidentRow>(incidentsSql, [
		filter.environment ?? null,
		filter.workflowId ?? null,
		filter.errorClass ?? null,
		filter.open ?? false,
		page.after,
		page.limit,
	]);
	const samples = await findSummaries(
		client,
		rows.map((row) => row.newest_id),
	);
	return rows.flatMap((row, nth) => {
		const sample = samples[nth];
		if (!sample) return [];
		const { incident, environment, letters } = row;
		const { first_seen_at: firstSeenAt, last_seen_at: lastSeenAt } = row;
		return [{ incident, environment, letters, firstSeenAt, lastSeenAt, sample }];
	});
}

const open: readonly DeadLetterState[] = ['waiting', 'scheduled', 'replaying'];

// Ordered by more than the id, for the reason that lists are: see letter-pages.ts.
const newestOf = (state: DeadLetterState) => `(
		select letter.id::text from dead_letters as letter
		where letter.environment = each.environment and letter.incident = each.incident
			and letter.state >= '${state}' and letter.state <= '${state}'
		order by letter.state desc, letter.id desc limit 1)`;
const newestOfAny = (some: readonly DeadLetterState[]) =>
	`greatest(${some.map(newestOf).join(', ')})`;
const countOf = (state: DeadLetterState) =>
	`'${state}', count(*) filter (where letter.state = '${state}')`;

/**
 * Incidents are found by hopping through their index, and only the letters of a page of them are counted.
 * All letters of one are of the same workflow and class. Texts of ids sort as the ids do, which are in the
 * order of their making.
 */
const incidentsSql = `
	with recursive each as (
		(select letter.environment, letter.incident from dead_letters as letter
		where letter.incident is not null and ($1::text is null or letter.environment = $1)
		order by letter.environment, letter.incident limit 1)
		union all
		select next.environment, next.incident from each cross join lateral (
			select letter.environment, letter.incident from dead_letters as letter
			where letter.incident is not null and ($1::text is null or letter.environment = $1)
				and (letter.environment, letter.incident) > (each.environment, each.incident)
			order by letter.environment, letter.incident limit 1
		) as next
	), newest as materialized (
		select each.environment, each.incident, ${newestOfAny(deadLetterStates)} as id,
			${newestOfAny(open)} as open_id
		from each
	), page as (
		select newest.environment, newest.incident, newest.id, sample.created_at
		from newest cross join lateral (
			select letter.workflow_id, letter.error_class, letter.created_at from dead_letters as letter
			where letter.id = newest.id::uuid limit 1
		) as sample
		where ($5::text is null or newest.id < $5) and (not $4 or newest.open_id is not null)
			and ($2::text is null or sample.workflow_id = $2)
			and ($3::text is null or sample.error_class = $3)
		order by newest.id desc limit $6
	)
	select page.incident, page.environment, page.id as newest_id, counted.letters,
		oldest.created_at as first_seen_at, page.created_at as last_seen_at
	from page
	cross join lateral (
		select json_build_object(${deadLetterStates.map(countOf).join(', ')}) as letters,
			min(letter.id::text) as oldest_id
		from dead_letters as letter
		where letter.environment = page.environment and letter.incident = page.incident
	) as counted
	cross join lateral (
		select letter.created_at from dead_letters as letter
		where letter.id = counted.oldest_id::uuid limit 1
	) as oldest
	order by page.id desc`;
