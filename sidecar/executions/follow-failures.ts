import { isTerminalStatus, type Engine, type ExecutionDetail } from '../engines/engine';
import { isOrchestrationError } from '../kernel/errors';
import type { Clock } from '../kernel/clock';
import { highest, listFrom, type FollowPosition, type FollowStore } from './follow-position';

export interface FollowPorts {
	positions: FollowStore;
	clock: Clock;
	/** Called for each execution that failed; `later` asks to be called again on the next round. */
	onFailure(execution: ExecutionDetail): Promise<'done' | 'later'>;
}

/**
 * One look at what has failed in an environment since the last one. Executions end out of order, so
 * those that run are remembered by id and asked for when they are over. The position is saved last:
 * a crash on the way makes the next round see the same failures again, and letters are not doubled.
 * The first look only notes where we are: what failed before is not ours to judge.
 * @param seen ids already dealt with by this process; spares reading them again within the overlap
 * @throws engine_* when the engine cannot be asked
 */
export async function followFailures(
	ports: FollowPorts,
	environment: string,
	engine: Engine,
	seen: Set<string>,
): Promise<void> {
	const position = await ports.positions.load(environment);
	// In this order: whatever is up to `newest` and not open is over, and so in the lists of the failed.
	const newest = await engine.executions.list({ limit: 1 });
	const open = await listOpen(engine);
	const openIds = new Set(open);
	const floorId = highest(
		newest.map(({ id }) => id),
		position?.floorId ?? '0',
	);
	if (!position) {
		const started = open.map((executionId) => ({ executionId, suspected: false }));
		await ports.positions.save(environment, { floorId, open: started }, ports.clock.now());
		return;
	}
	const failed = await listFailed(engine, position.floorId);
	const over = position.open.filter(({ executionId }) => !openIds.has(executionId));
	const suspected = new Set(
		position.open.filter((entry) => entry.suspected).map(({ executionId }) => executionId),
	);
	const candidates = new Set([...failed, ...over.map(({ executionId }) => executionId)]);
	const next: FollowPosition['open'] = open.map((executionId) => ({
		executionId,
		suspected: false,
	}));
	for (const id of candidates) {
		if (openIds.has(id) || seen.has(id)) continue;
		const verdict = await inspect(ports, engine, id, suspected.has(id));
		if (verdict === 'done') seen.add(id);
		else next.push({ executionId: id, suspected: verdict === 'suspected' });
	}
	await ports.positions.save(environment, { floorId, open: next }, ports.clock.now());
}

async function listOpen(engine: Engine): Promise<string[]> {
	const ids: string[] = [];
	for (const status of ['new', 'running', 'waiting'] as const) {
		for (const { id } of await engine.executions.list({ status })) ids.push(id);
	}
	return [...new Set(ids)];
}

async function listFailed(engine: Engine, floorId: string): Promise<string[]> {
	const ids: string[] = [];
	for (const status of ['error', 'crashed'] as const) {
		const failed = await engine.executions.list({ status, aboveId: listFrom(floorId) });
		for (const { id } of failed) ids.push(id);
	}
	return ids;
}

async function inspect(
	ports: FollowPorts,
	engine: Engine,
	id: string,
	suspectedBefore: boolean,
): Promise<'done' | 'open' | 'suspected'> {
	try {
		const execution = await engine.executions.get(id);
		if (!isTerminalStatus(execution.status)) return 'open';
		if (execution.status !== 'error' && execution.status !== 'crashed') return 'done';
		// After a restart n8n may call a waiting execution crashed for a moment.
		if (execution.status === 'crashed' && !suspectedBefore) return 'suspected';
		return (await ports.onFailure(execution)) === 'done' ? 'done' : 'open';
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return 'done';
		throw error;
	}
}
