import type { BulkReplayStore } from '../dead-letters/bulk/bulk-replay-store';
import type { LiveFigure } from '../dead-letters/bulk/live-pace';
import type { Queryable } from './queryable';

export async function paceOf(client: Queryable, id: string): ReturnType<BulkReplayStore['paceOf']> {
	const { rows } = await client.query<{ baseline: LiveFigure[] | null; paced_at: Date | null }>(
		`select bulk_replays.baseline, bulk_replays.paced_at from bulk_replays
		where bulk_replays.id = $1`,
		[id],
	);
	return { baseline: rows[0]?.baseline ?? null, pacedAt: rows[0]?.paced_at ?? null };
}

export async function setPace(
	client: Queryable,
	...[id, { pace, baseline, at }]: Parameters<BulkReplayStore['setPace']>
): Promise<void> {
	await client.query(
		`update bulk_replays set pace = $2, baseline = $3, paced_at = $4 where bulk_replays.id = $1`,
		[id, pace, JSON.stringify(baseline), at],
	);
}

/** What the runner starts has the mode `integrated`, as what another workflow calls. */
export async function liveFigures(
	client: Queryable,
	...[environment, from, to]: Parameters<BulkReplayStore['liveFigures']>
): Promise<LiveFigure[]> {
	const { rows } = await client.query<LiveFigure>(
		`select execution.workflow_id as "workflowId", count(*)::integer as runs,
			percentile_cont(0.95) within group (
				order by extract(epoch from execution.finished_at - execution.started_at)::float8 * 1000
			) as "p95Ms"
		from executions as execution
		where execution.environment = $1 and execution.status = 'succeeded' and execution.told
			and execution.finished_at >= $2 and execution.finished_at < $3
			and execution.started_at is not null
			and coalesce(execution.mode, '') not in ('integrated', 'retry', 'manual')
		group by execution.workflow_id`,
		[environment, from, to],
	);
	return rows;
}
