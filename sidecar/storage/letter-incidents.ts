import type { DeadLetterState, LetterSummary } from '../dead-letters/dead-letter';
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

const countOf = (state: DeadLetterState) =>
	`'${state}', count(*) filter (where dead_letters.state = '${state}')`;
const states = [
	'waiting',
	'scheduled',
	'replaying',
	'resolved',
	'discarded',
	'expired',
] as const satisfies readonly DeadLetterState[];

// Texts of ids sort as the ids do, and Postgres knows no greatest id.
const incidentsSql = `
	select dead_letters.incident, dead_letters.environment,
		json_build_object(${states.map(countOf).join(', ')}) as letters,
		min(dead_letters.created_at) as first_seen_at, max(dead_letters.created_at) as last_seen_at,
		max(dead_letters.id::text) as newest_id
	from dead_letters
	where dead_letters.incident is not null
		and ($1::text is null or dead_letters.environment = $1)
		and ($2::text is null or dead_letters.workflow_id = $2)
		and ($3::text is null or dead_letters.error_class = $3)
	group by dead_letters.environment, dead_letters.incident
	having ($5::text is null or max(dead_letters.id::text) < $5) and (not $4
		or count(*) filter (where dead_letters.state in ('waiting', 'scheduled', 'replaying')) > 0)
	order by newest_id desc limit $6`;
