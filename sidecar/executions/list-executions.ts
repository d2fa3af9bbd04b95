import type { Engine } from '../engines/port/engine';
import type { ExecutionQuery, ExecutionRecord } from '../engines/port/execution';

/**
 * Ids of what is not over. Waiting ones are asked for before and after the running ones: one that
 * wakes up or falls asleep while we ask is seen all the same. Older ones are known already.
 * @param known every id up to this one was looked at before
 */
export async function listOpen(engine: Engine, known: string): Promise<Set<string>> {
	const ids = new Set<string>();
	for (const query of [
		{ status: 'waiting' },
		{ status: 'new' },
		{ status: 'running' },
		{ status: 'waiting', aboveId: known },
	] as const) {
		for (const { id } of await engine.executions.list(query)) ids.add(id);
	}
	return ids;
}

/** What ended badly. n8n calls canceled what took too long, too. */
export async function listFailed(
	engine: Engine,
	since: Pick<ExecutionQuery, 'aboveId' | 'startedAfter'>,
): Promise<ExecutionRecord[]> {
	const failed: ExecutionRecord[] = [];
	for (const status of ['error', 'crashed', 'canceled'] as const) {
		failed.push(...(await engine.executions.list({ status, ...since })));
	}
	return failed;
}
