import type { Engine } from '../engines/port/engine';
import { isTerminalStatus, type ExecutionRecord } from '../engines/port/execution';

/** A list may lag behind, and clocks may differ: so much is listed again each time. */
const overlapMs = 60_000;

/** For engines whose ids do not grow: a position is the time of the last look, in milliseconds. */
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

/** Those of them that have ended badly. */
export function failedOf(changed: ExecutionRecord[]): ExecutionRecord[] {
	return changed.filter(({ status }) => isTerminalStatus(status) && status !== 'success');
}
