/** How long executions of one workflow took. */
export interface LiveFigure {
	workflowId: string;
	runs: number;
	/** 95 of 100 took no longer; milliseconds. */
	p95Ms: number;
}

/** Executions that a figure needs: fewer say nothing. */
export const fewestRuns = 3;
/**
 * Letters a second: where a bulk replay begins while there is live traffic to be watched, and how far it
 * slows down. What an engine can bear is found from below: from above, live traffic pays for the search.
 * With room, 20 a second are reached in about four minutes.
 */
const slowest = 1 / 8;
/**
 * How much of what is allowed is used: executions do not tell how long they waited for an engine that
 * was busy with a replay, so callers notice more than their durations show.
 */
const used = 0.5;
/** By little at a time: what it does to live traffic is seen only after the next steps are made. */
const faster = 1.25;

/**
 * How many times as long live executions take now as before, over the workflows that are known of both,
 * each weighing as much as it runs. Null: there are none to compare.
 */
export function liveRatio(before: LiveFigure[], now: LiveFigure[]): number | null {
	const known = new Map(before.map((figure) => [figure.workflowId, figure]));
	let [expected, found] = [0, 0];
	for (const { workflowId, runs, p95Ms } of now) {
		const earlier = known.get(workflowId);
		if (!earlier || runs < fewestRuns || earlier.runs < fewestRuns) continue;
		expected += earlier.p95Ms * runs;
		found += p95Ms * runs;
	}
	return expected > 0 ? found / expected : null;
}

/** The first pace: careful where live traffic could suffer. */
export function firstPace(rate: number, before: LiveFigure[]): number {
	return before.some(({ runs }) => runs >= fewestRuns) ? Math.min(rate, slowest) : rate;
}

/**
 * Halved where live executions take longer than allowed, kept where they nearly do, faster again where
 * there is room. Without anything to compare there is nobody to be slowed down.
 * @param ratio of `liveRatio`
 * @param allowed above 1
 */
export function nextPace(
	{ rate, pace }: { rate: number; pace: number },
	ratio: number | null,
	allowed: number,
): number {
	if (ratio !== null && ratio > allowed) return Math.min(rate, Math.max(slowest, pace / 2));
	const isNear = ratio !== null && ratio > 1 + (allowed - 1) * used;
	return isNear ? pace : Math.min(rate, pace * faster);
}
