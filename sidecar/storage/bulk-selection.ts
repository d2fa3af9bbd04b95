import type { BulkFilter, BulkOrder, Selected } from '../dead-letters/bulk/bulk-replay';
import type { Queryable } from './queryable';
import { storedJson } from './stored-text';

/** As eleven parameters from $1 on. A letter's turn comes so long after its last failure, by its attempts. */
export const whereSelected = `from dead_letters
	left join bindings on bindings.environment = dead_letters.environment
		and bindings.workflow_id = dead_letters.workflow_id
	where dead_letters.environment = $1
		and ($2::text is null or dead_letters.workflow_id = $2 or bindings.workflow_key = $2)
		and dead_letters.state = any ($3::text[])
		and ($4::text is null or dead_letters.error_class = $4)
		and ($5::text is null or dead_letters.incident = $5)
		and ($6::text is null or dead_letters.failed_node = $6)
		and ($7::timestamptz is null or dead_letters.created_at >= $7)
		and ($8::timestamptz is null or dead_letters.created_at < $8)
		and ($9::uuid[] is null or dead_letters.id = any ($9))
		and ($10::float8[] is null or dead_letters.attempts < cardinality($10)
			and coalesce((select max(replays.finished_at) from replays
					where replays.letter_id = dead_letters.id), dead_letters.created_at)
				+ ($10::float8[])[dead_letters.attempts + 1] * interval '1 millisecond' <= $11::timestamptz)`;

export const valuesOf = (filter: BulkFilter): unknown[] => [
	filter.environment,
	filter.workflow ?? null,
	filter.state ? [filter.state] : ['waiting', 'scheduled'],
	filter.errorClass ?? null,
	filter.fingerprint ?? null,
	filter.node ?? null,
	filter.createdFrom ?? null,
	filter.createdTo ?? null,
	filter.ids ?? null,
	filter.ladder?.delaysMs ?? null,
	filter.ladder?.at ?? null,
];

/** Whose turn it was is of no interest afterwards. */
export function storedFilter({ ladder: _, ...filter }: Omit<BulkFilter, 'workflow'>): string {
	return JSON.stringify(filter);
}

export function toFilter({
	createdFrom,
	createdTo,
	...filter
}: Record<string, unknown>): BulkFilter {
	return {
		...(filter as unknown as BulkFilter),
		...(createdFrom ? { createdFrom: new Date(createdFrom as string) } : {}),
		...(createdTo ? { createdTo: new Date(createdTo as string) } : {}),
	};
}

interface SelectedRow {
	workflow_id: string;
	workflow_key: string | null;
	workflow_name: string | null;
	error_class: Selected['errorClass'];
	letters: number;
}

export async function previewSelection(client: Queryable, filter: BulkFilter): Promise<Selected[]> {
	const { rows } = await client.query<SelectedRow>(
		`select dead_letters.workflow_id, bindings.workflow_key,
			max(dead_letters.workflow_name) as workflow_name, dead_letters.error_class,
			count(*)::integer as letters
		${whereSelected} group by 1, 2, 4 order by letters desc, 1, 4`,
		valuesOf(filter),
	);
	return rows.map((row) => ({
		workflowId: row.workflow_id,
		workflowKey: row.workflow_key,
		workflowName: row.workflow_name,
		errorClass: row.error_class,
		letters: row.letters,
	}));
}

export async function createBulkReplay(
	client: Queryable,
	bulk: BulkOrder & { id: string; requestedBy: string; createdAt: Date },
): Promise<void> {
	await client.query(
		`with bulk as (
			insert into bulk_replays (id, environment, filter, strategy, version, rate, state,
				requested_by, judged_from, created_at, live_ratio, quiet_hours,
				circuit, rate_limit)
			values ($12, $1, $13, $14, $15, $16, 'running', $17, $18, $18, $19, $20, $21, $22)
			returning bulk_replays.id
		)
		insert into bulk_replay_letters (bulk_id, letter_id)
		select bulk.id, selected.id from bulk cross join (select dead_letters.id ${whereSelected}) as selected`,
		[
			...valuesOf(bulk.filter),
			bulk.id,
			storedFilter(bulk.filter),
			bulk.strategy,
			bulk.version,
			bulk.rate,
			bulk.requestedBy,
			bulk.createdAt,
			bulk.liveRatio,
			storedJson(bulk.quietHours),
			bulk.circuit,
			bulk.rateLimit,
		],
	);
}
