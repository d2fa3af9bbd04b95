import type { RecentRuns } from '../monitoring/recent-metrics';
import type { Queryable } from './queryable';

/** What ended in the last 15 minutes. */
export async function recentRuns(client: Queryable): Promise<RecentRuns[]> {
	const { rows } = await client.query<{
		environment: string;
		succeeded: number;
		failed: number;
		durations: [number, number, number] | null;
	}>(
		`select execution.environment,
			count(*) filter (where execution.status = 'succeeded')::integer as succeeded,
			count(*) filter (where execution.status = 'failed')::integer as failed,
			percentile_cont(array[0.5, 0.95, 0.99]) within group (
				order by extract(epoch from execution.finished_at - execution.started_at)::float8
			) filter (where execution.started_at is not null) as durations
		from executions as execution
		where execution.status in ('succeeded', 'failed') and execution.told
			and execution.finished_at > statement_timestamp() - interval '15 minutes'
		group by execution.environment`,
	);
	return rows.map(({ durations, ...row }) => ({
		...row,
		durations: durations && { '0.5': durations[0], '0.95': durations[1], '0.99': durations[2] },
	}));
}
