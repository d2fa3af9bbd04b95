import type { Engine } from '../engines/port/engine';
import { isTerminalStatus, type ExecutionRecord } from '../engines/port/execution';

/** A list may lag behind: so much is listed again each time. */
const overlapMs = 60_000;
/** An engine whose clock is behind ours by more is not followed well. Bounds what is listed again. */
const mostBehindMs = 3_600_000;

/** For engines whose ids do not grow: a position is a time, in milliseconds. */
export function positionAt(at: Date): string {
	return String(at.getTime());
}

/** What began or ended since the position without us. */
export async function changesAfter(
	changedSince: NonNullable<Engine['executions']['changedSince']>,
	{ startId, floorId }: { startId: string; floorId: string },
): Promise<ExecutionRecord[]> {
	const from = Math.max(Number(startId), Number(floorId) - overlapMs);
	return await changedSince(new Date(from));
}

/**
 * Where the next look goes on: at the newest time the engine has told, which is of its own clock; by
 * ours, what ends on one that is behind would never be after the position.
 */
export function positionAfter(
	changed: readonly ExecutionRecord[],
	{ floorId }: { floorId: string },
	lookedAt: Date,
): string {
	const told = changed.flatMap(({ startedAt, stoppedAt }) => [startedAt, stoppedAt]);
	const times = told.flatMap((time) => (time === null ? [] : [Date.parse(time)]));
	const newest = times.reduce((most, time) => Math.max(most, time), Number(floorId));
	return positionAt(new Date(Math.max(newest, lookedAt.getTime() - mostBehindMs)));
}

/** Those of them that have ended badly. */
export function failedOf(changed: ExecutionRecord[]): ExecutionRecord[] {
	return changed.filter(({ status }) => isTerminalStatus(status) && status !== 'success');
}
