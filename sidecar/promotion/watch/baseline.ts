import type { WatchRules } from '../../environments/protection';
import type { ExecutionRecord } from '../../engines/port/execution';
import { toleranceLimit, upperRate } from './binomial-bounds';
import type { SequentialTest } from './sequential-test';
import type { Baseline } from './watch';

/** With fewer runs before, this failure rate is taken for usual. */
const assumedRate = 0.1;
const fewestRuns = 20;
/** A regression is at least this much worse, in failures per run. */
const leastRise = 0.05;
/** Nothing is worse than failing nearly always. */
const mostUsual = 0.9;
/** Of runs before, at most this share is slow by definition; when half of them are, it is a regression. */
const slowShare = 0.2;
const slowBad = 0.5;
/** Below this, slower is noise. In milliseconds. */
const leastSlowing = 100;

/** Started by a person at the editor, or by hand again: says nothing of what is published. */
const notCounted = ['manual', 'retry', 'evaluation', 'cli'];

/** Runs of the published workflow that ended by themselves. */
export function countedRuns(records: readonly ExecutionRecord[]): ExecutionRecord[] {
	return records.filter(
		({ mode, status }) =>
			!notCounted.includes(mode) &&
			(status === 'success' || status === 'error' || status === 'crashed'),
	);
}

/** Null when the engine does not say. */
export function durationOf({ startedAt, stoppedAt }: ExecutionRecord): number | null {
	if (startedAt === null || stoppedAt === null) return null;
	return Math.max(0, Date.parse(stoppedAt) - Date.parse(startedAt));
}

/**
 * What the new version is held against. `alpha` is shared out: over the workflows, failures and
 * durations, and over the estimate from the runs before and the test on it, so that by the union
 * bound a promotion that changes nothing is called a regression with a chance of at most `alpha`.
 * @param before runs of the old version
 * @param workflows how many are watched together
 */
export function baselineOf(
	about: Pick<Baseline, 'workflowKey' | 'name' | 'workflowId' | 'since'>,
	before: readonly ExecutionRecord[],
	{ alpha, beta, failureFactor, durationFactor }: WatchRules,
	workflows: number,
): Baseline {
	const runs = countedRuns(before);
	const failures = runs.filter(({ status }) => status !== 'success').length;
	const share = alpha / (4 * workflows);
	const usual = runs.length < fewestRuns ? assumedRate : upperRate(failures, runs.length, share);
	const bad = Math.min(0.98, Math.max(usual * failureFactor, usual + leastRise));
	const durations = runs
		.filter(({ status }) => status === 'success')
		.flatMap((run) => durationOf(run) ?? []);
	const limit = toleranceLimit(durations, slowShare, share);
	const slowTest: SequentialTest = { usual: slowShare, bad: slowBad, alpha: share, beta };
	return {
		...about,
		runs: runs.length,
		failures,
		failureTest: usual > mostUsual ? null : { usual, bad, alpha: share, beta },
		slowTest: limit === null ? null : slowTest,
		slowMs: limit === null ? 0 : Math.max(limit * durationFactor, limit + leastSlowing),
	};
}
