import type { ExecutionRecord } from '../../engines/port/execution';
import { countedRuns, durationOf } from './baseline';
import { nothingObserved, observe } from './sequential-test';
import type { Baseline, WatchCursor, WatchFinding } from './watch';

export function emptyFinding(workflowKey: string): WatchFinding {
	const cursor = { upTo: '0', counted: [], highest: '0' };
	return { workflowKey, failures: nothingObserved, slow: nothingObserved, cursor };
}

/**
 * Counts each run once, by order of id.
 * @param open ids under way, asked for before and after the list
 */
export function countRuns(
	baseline: Baseline,
	finding: WatchFinding,
	list: readonly ExecutionRecord[],
	open: readonly string[],
): WatchFinding {
	const known = new Set(finding.cursor.counted);
	const fresh = countedRuns(list)
		.filter(
			({ id, startedAt }) => startedAt !== null && startedAt >= baseline.since && !known.has(id),
		)
		.filter(({ id }) => isAbove(id, finding.cursor.upTo))
		.sort((one, other) => (isAbove(one.id, other.id) ? 1 : -1));
	let { failures, slow } = finding;
	for (const run of fresh) {
		const { failureTest, slowTest, slowMs } = baseline;
		if (failureTest) failures = observe(failureTest, failures, run.status !== 'success');
		const duration = run.status === 'success' ? durationOf(run) : null;
		if (slowTest && duration !== null) slow = observe(slowTest, slow, duration > slowMs);
	}
	const counted = [...known, ...fresh.map(({ id }) => id)];
	return { ...finding, failures, slow, cursor: movedOn(finding.cursor, counted, list, open) };
}

/** One round behind, since a run can begin and not show before a later one has ended. */
function movedOn(
	cursor: WatchCursor,
	counted: string[],
	list: readonly ExecutionRecord[],
	open: readonly string[],
): WatchCursor {
	const oldest = open.reduce<string | null>(
		(least, id) => (least === null || isAbove(least, id) ? id : least),
		null,
	);
	const reach =
		oldest !== null && !isAbove(oldest, cursor.highest) ? before(oldest) : cursor.highest;
	const upTo = isAbove(reach, cursor.upTo) ? reach : cursor.upTo;
	const highest = list.reduce((most, { id }) => (isAbove(id, most) ? id : most), cursor.highest);
	return { upTo, counted: counted.filter((id) => isAbove(id, upTo)), highest };
}

/** Engines count executions: ids are whole numbers. */
function isAbove(one: string, other: string): boolean {
	return BigInt(one) > BigInt(other);
}

function before(id: string): string {
	return String(BigInt(id) - 1n);
}
