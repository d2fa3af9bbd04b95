import type { Engine } from '../engines/port/engine';
import {
	isTerminalStatus,
	type ExecutionDetail,
	type ExecutionRecord,
} from '../engines/port/execution';
import { isOrchestrationError } from '../kernel/errors';
import type { Clock } from '../kernel/clock';
import { isAway } from './engine-away';
import { changesAfter, failedOf, positionAfter, positionAt } from './follow-changes';
import { byId, continues, listFrom, type FollowStore, type OpenExecution } from './follow-position';
import type { OnTrouble } from './history-ports';
import { listFailed, lookAtOpen, type OpenLook } from './list-executions';

export interface FollowPorts {
	positions: FollowStore;
	clock: Clock;
	/** Called for each execution that ended badly; `later` asks to be called again on the next round. */
	onFailure(execution: ExecutionDetail): Promise<'done' | 'later'>;
	/** Told of one that was not over, and that the engine has no more. */
	onGone?(executionId: string): Promise<void>;
	/** What could not be read or kept is tried again on the next round. */
	onTrouble: OnTrouble;
}

/** Clocks of the engine and of the sidecar may differ by this much. */
const clockSkewMs = 60_000;

/**
 * One look at what has failed in an environment since the last one. Executions end out of order, so
 * those that run are remembered by id and asked for when they are over. The position is saved last:
 * a crash on the way makes the next round see the same failures again, and letters are not doubled.
 * The first look only notes where we are: what failed before is not ours to judge.
 * @param seen what this process has dealt with; spares reading it again within the overlap
 * @param asked what is under way, where somebody has asked in this round
 * @throws engine_* when the engine cannot be asked
 */
export async function followFailures(
	ports: FollowPorts,
	environment: { name: string; baseUrl: string },
	engine: Engine,
	seen: Set<string>,
	asked?: OpenLook,
): Promise<void> {
	const { name, baseUrl: source } = environment;
	const position = await ports.positions.load(name);
	const lookedAt = ports.clock.now();
	const { changedSince } = engine.executions;
	if (changedSince) {
		const goesOn = position?.source === source;
		const changed = goesOn ? await changesAfter(changedSince, position) : [];
		const failed = failedOf(changed);
		const fresh = failed.filter((one) => !seen.has(seenAs(one))).map(({ id }) => id);
		const before = position?.open.map(({ executionId }) => executionId) ?? [];
		const again = await inspectAll(ports, engine, [...new Set([...fresh, ...before])], seen);
		const startId = goesOn ? position.startId : positionAt(lookedAt);
		const floorId = goesOn ? positionAfter(changed, position, lookedAt) : startId;
		await ports.positions.save(name, { source, startId, floorId, open: again }, lookedAt);
		return;
	}
	// Before the lists of the failed: whatever is up to the floor and not open is over, and so in them.
	const look = asked ?? (await lookAtOpen(engine));
	const { floorId } = look;
	const open = await look.open();
	const openNow = [...open].map((executionId) => ({ executionId, suspected: false }));
	if (!position) {
		const start = { source, startId: floorId, floorId, open: openNow };
		await ports.positions.save(name, start, lookedAt);
		return;
	}
	const goesOn = continues(position, { source, floorId });
	const failed = await listFailed(
		engine,
		goesOn
			? { aboveId: listFrom(position) }
			: { startedAfter: new Date(position.lookedAt.getTime() - clockSkewMs).toISOString() },
	);
	const before = new Map(position.open.map((entry) => [entry.executionId, entry.suspected]));
	const fresh = failed.filter((one) => !before.has(one.id) && !seen.has(seenAs(one)));
	// Of these the list has said it once; thousands of them must not cost a request each before the second time.
	const isFirstCrash = ({ id, status }: ExecutionRecord) => status === 'crashed' && !open.has(id);
	const suspects = fresh
		.filter(isFirstCrash)
		.map(({ id }) => ({ executionId: id, suspected: true }));
	const known = fresh.filter((one) => !isFirstCrash(one));
	// The fresh ones first: what could not be read before must not hold them up.
	const candidates = [known.map(({ id }) => id).sort(byId), [...before.keys()].sort(byId)].flat();
	const over = candidates.filter((id) => !open.has(id));
	const again = await inspectAll(ports, engine, over, seen, before);
	const startId = goesOn ? position.startId : floorId;
	const next = { source, startId, floorId, open: [...openNow, ...suspects, ...again] };
	await ports.positions.save(name, next, lookedAt);
}

/** @returns those to be looked at again */
async function inspectAll(
	ports: FollowPorts,
	engine: Engine,
	ids: string[],
	seen: Set<string>,
	suspected = new Map<string, boolean>(),
): Promise<OpenExecution[]> {
	const again: OpenExecution[] = [];
	for (const id of ids) {
		const verdict = await inspect(ports, engine, id, suspected.get(id) === true);
		if (verdict.next === 'done') seen.add(verdict.seenAs);
		else again.push({ executionId: id, suspected: verdict.next === 'suspected' });
	}
	return again;
}

/** With the time, since an instance that was set up anew counts from 1 again. */
function seenAs({ id, startedAt }: Pick<ExecutionRecord, 'id' | 'startedAt'>): string {
	return `${id} ${startedAt ?? ''}`;
}

async function inspect(
	ports: FollowPorts,
	engine: Engine,
	id: string,
	suspectedBefore: boolean,
): Promise<{ next: 'done'; seenAs: string } | { next: 'open' | 'suspected' }> {
	try {
		const execution = await engine.executions.get(id);
		const done = { next: 'done', seenAs: seenAs(execution) } as const;
		if (!isTerminalStatus(execution.status)) return { next: 'open' };
		if (execution.status === 'success') return done;
		// After a restart n8n may call a waiting execution crashed for a moment.
		if (execution.status === 'crashed' && !suspectedBefore) return { next: 'suspected' };
		return (await ports.onFailure(execution)) === 'done' ? done : { next: 'open' };
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) {
			await ports.onGone?.(id);
			return { next: 'done', seenAs: id };
		}
		if (isAway(error)) throw error;
		ports.onTrouble(id, error);
		return { next: suspectedBefore ? 'suspected' : 'open' };
	}
}
