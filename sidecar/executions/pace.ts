/** How many calls of this process an environment has under way at once. */
export interface Pace {
	/** More may be sent; 0: it is full, or away. */
	free(environment: string): number;
	/** Environments that were sent to lately. */
	known(): string[];
	begin(environment: string): void;
	/** An answer came, good or bad; `ms` long after the call of this workflow. */
	answered(environment: string, workflowId: string, ms: number): void;
	/** It takes nothing now. */
	away(environment: string): Date;
	/** The call is over, or goes on without being counted. */
	release(environment: string): void;
}

export interface PaceOptions {
	now: () => number;
	/** At first. Default 4. */
	start?: number;
	/** Default 64. */
	most?: number;
}

/**
 * More than this many calls in a queue inside the engine: too much; fewer than `few`: it can take more.
 * What waits there is out of reach of priorities and fair turns, what waits here costs a claim of its own.
 */
const many = 12;
const few = 6;
const awayFirstMs = 1_000;
const awayMostMs = 15_000;

interface Window {
	size: number;
	underWay: number;
	awayUntil: number;
	awayMs: number;
	/** Shortest time of late, by workflow. */
	quickest: Map<string, number>;
}

/**
 * Finds by itself what an instance can take, as TCP Vegas does (Brakmo, Peterson 1995): when calls take
 * much longer than the quickest ones, they wait in a queue inside it, and sending more makes nothing
 * faster.
 */
export function createPace({ now, start = 4, most = 64 }: PaceOptions): Pace {
	const windows = new Map<string, Window>();
	const windowOf = (environment: string): Window => {
		const known = windows.get(environment) ?? {
			size: start,
			underWay: 0,
			awayUntil: 0,
			awayMs: awayFirstMs,
			quickest: new Map<string, number>(),
		};
		windows.set(environment, known);
		return known;
	};
	return {
		free: (environment) => {
			const window = windows.get(environment);
			if (!window) return start;
			if (window.awayUntil > now()) return 0;
			return Math.max(0, Math.floor(window.size) - window.underWay);
		},
		known: () => [...windows.keys()],
		begin: (environment) => {
			windowOf(environment).underWay += 1;
		},
		answered: (environment, workflowId, ms) => {
			const window = windowOf(environment);
			window.awayMs = awayFirstMs;
			window.size = nextSize(window, workflowId, Math.max(1, ms), most);
		},
		away: (environment) => {
			const window = windowOf(environment);
			// Those that were under way together are away together.
			if (window.awayUntil <= now()) {
				window.awayUntil = now() + window.awayMs;
				window.awayMs = Math.min(awayMostMs, window.awayMs * 2);
				window.size = Math.max(1, Math.min(start, window.size / 2));
			}
			return new Date(window.awayUntil);
		},
		release: (environment) => {
			const window = windowOf(environment);
			window.underWay = Math.max(0, window.underWay - 1);
		},
	};
}

/** What is quickest is forgotten slowly: a workflow that became slower must not look like a full engine. */
const forgetting = 1.01;

function nextSize(window: Window, workflowId: string, ms: number, most: number): number {
	const { quickest, size, underWay } = window;
	const before = quickest.get(workflowId);
	const base = before === undefined ? ms : Math.min(ms, before * forgetting);
	if (quickest.size > 1_000) quickest.clear();
	quickest.set(workflowId, base);
	const waiting = size * (1 - base / ms);
	if (waiting > many) return Math.max(1, size - 1 / size);
	// One that is not used up does not grow.
	const isUsed = underWay >= Math.floor(size) - 1;
	return waiting < few && isUsed ? Math.min(most, size + 1 / size) : size;
}
