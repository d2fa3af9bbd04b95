/**
 * How many executions of one environment are being woken at once, by one process. It follows the
 * engine: quick answers widen the lane, slow ones narrow it, so that live traffic keeps its share and
 * a small n8n is not run over. All times in milliseconds.
 */
export interface Lane {
	/** Wakes under way at once; its whole part counts. */
	width: number;
	underWay: number;
	/** Nothing starts before this time. */
	closedUntil: number;
	/** Attempts in a row that found the environment away. */
	away: number;
}

export interface LaneRules {
	/** Never more at once. Minimum 1. */
	most: number;
}

/** Answers below widen, above narrow. A resume takes n8n about 50 ms when it has nothing else to do. */
const quickMs = 300;
const slowMs = 1_000;
/** Longest pause while the environment is away: it is woken at most so long after it is back. */
const longestPauseMs = 5_000;

export const openLane: Lane = { width: 2, underWay: 0, closedUntil: 0, away: 0 };

/** How many more may start now. While the environment is away a single one looks whether it is back. */
export function room(lane: Lane, now: number): number {
	if (now < lane.closedUntil) return 0;
	const width = lane.away > 0 ? 1 : Math.floor(lane.width);
	return Math.max(0, width - lane.underWay);
}

/** After an attempt that took so long. */
export function after(
	lane: Lane,
	{ tookMs, isAway, now }: { tookMs: number; isAway: boolean; now: number },
	{ most }: LaneRules,
): Lane {
	const underWay = lane.underWay - 1;
	if (isAway) {
		// Of several that went together only the first counts.
		if (now < lane.closedUntil) return { ...lane, underWay };
		const away = lane.away + 1;
		const pause = Math.min(longestPauseMs, 250 * 2 ** Math.min(away - 1, 10));
		return { width: 1, underWay, away, closedUntil: now + pause };
	}
	const width =
		tookMs <= quickMs
			? Math.min(most, lane.width + 1 / lane.width)
			: tookMs >= slowMs
				? Math.max(1, lane.width / 2)
				: lane.width;
	return { width, underWay, away: 0, closedUntil: 0 };
}
