import type { ExecutionDetail } from '../../../sidecar/engines/port/execution';
import type { Status } from '../../../sidecar/executions/execution';
import { followFailures } from '../../../sidecar/executions/follow-failures';
import type { FollowPosition } from '../../../sidecar/executions/follow-position';
import { lookAfter } from '../../../sidecar/executions/look-after';
import { execution, fakeEngine, refusal } from '../dead-letters/fake-engine';
import { movingClock } from '../moving-clock';
import { claimOf, engineExecutionId as id, lookPorts, traceparent } from './look-room';

export interface CrashCase {
	/** Of the run when n8n marks it: how long ago it was sent. */
	ageMs: number;
	/** As our ledger has it; null: the run is none of ours. */
	ours: Status | null;
	/** Milliseconds from the mark to its next look; of one held by a call or a dead process, of its lease. */
	lookInMs: number;
	/** A call of ours holds it, and a live process renews its lease. */
	isHeld?: boolean;
	/** The engine forgets it instead of marking it. */
	isGone?: boolean;
	/** Looks that are due before its own. */
	backlog?: number;
	/** Milliseconds from the mark to the next round of the follower. */
	roundInMs: number;
	followEveryMs: number;
	/** For so long after the mark nothing can be asked: the circuit to the instance is open. */
	closedForMs?: number;
}

const stepMs = 250;
const looksASecond = 10;
const longestMs = 180_000;

/** Lets the real looks and the real follower work on simulated time. @returns milliseconds from mark to letter */
export async function latencyOf(given: CrashCase): Promise<number> {
	const clock = movingClock();
	const markedAt = clock.now().getTime();
	const elapsed = () => clock.now().getTime() - markedAt;
	const engine = fakeEngine();
	let letterAfter: number | null = null;
	const row = {
		status: given.ours ?? 'running',
		lookAt: given.ours === null ? Infinity : markedAt + given.lookInMs,
		isHeld: given.isHeld ?? false,
		waitsBehind: given.backlog ?? 0,
	};
	const lookNow = () => Object.assign(row, { lookAt: 0, waitsBehind: 0 });
	const open: FollowPosition = {
		source: 'http://n8n',
		startId: '0',
		floorId: id,
		open: [{ executionId: id, suspected: false }],
	};
	let position = { ...open, lookedAt: clock.now() };
	if (!given.isGone) engine.has(execution(id, { status: 'crashed', traceparent }));
	engine.before = () => {
		if (elapsed() < (given.closedForMs ?? 0)) throw refusal('engine_circuit_open');
	};
	const keep = () => (letterAfter ??= elapsed());
	const ports = lookPorts({
		clock,
		engine,
		keepLetter: async () => String(keep()),
		onStep: (step) => {
			if (step.to !== 'followed') return;
			Object.assign(row, { status: step.status, lookAt: step.lookAt.getTime(), isHeld: false });
		},
	});
	const round = async () => {
		const follow = {
			clock,
			positions: {
				load: async () => position,
				save: async (_: string, next: FollowPosition, lookedAt: Date) => {
					position = { ...next, lookedAt };
				},
			},
			onFailure: async ({ status }: ExecutionDetail) => {
				if (given.ours === null) keep();
				else if (status === 'crashed') lookNow();
				return 'done' as const;
			},
			onGone: async () => {
				if (given.ours !== null && !row.isHeld) lookNow();
			},
			onTrouble: () => undefined,
		};
		const environment = { name: 'production', baseUrl: 'http://n8n' };
		await followFailures(follow, environment, engine, new Set()).catch(() => undefined);
	};
	for (let ms = 0; letterAfter === null && ms < longestMs; ms += stepMs) {
		if (ms % 1_000 === 0) {
			// A lease that is renewed puts the look off, but for one that is asked for at once.
			if (row.isHeld && row.lookAt > 0) row.lookAt = clock.now().getTime() + 15_000;
			const isDue = row.lookAt <= clock.now().getTime();
			if (isDue && row.waitsBehind > 0) row.waitsBehind -= looksASecond;
			else if (isDue) await lookAfter(ports, claimOf(row.status, markedAt - given.ageMs));
		}
		const sinceRound = ms - given.roundInMs;
		if (sinceRound >= 0 && sinceRound % given.followEveryMs === 0) await round();
		clock.pass(stepMs);
	}
	return letterAfter ?? Infinity;
}
