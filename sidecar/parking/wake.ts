import type { Engine } from '../engines/port/engine';
import type { ResumeOutcome } from '../engines/port/run';
import type { Sealing } from '../environments/sealing';
import { type Judgement, judgeFailure, judgeResume } from './judge-resume';
import { type Parked, tokenPlace } from './parked';
import type { ParkedStore } from './parked-store';

export interface WakePorts {
	parked: ParkedStore;
	sealing: Sealing;
	engineOf(environment: string): Promise<Engine>;
	/** What the execution is told beside its ticket. */
	resultOf(parked: Parked): Promise<unknown>;
	/** A number in [0, 1). */
	random: () => number;
}

export interface Woken extends Judgement {
	/** Null: somebody else has taken it over. */
	settled: { lateMs: number } | null;
}

/** One attempt to wake what was claimed, and its result in the database. */
export async function wake(ports: WakePorts, parked: Parked): Promise<Woken> {
	const judgement = await attempt(ports, parked);
	const settled = await ports.parked.settle(parked.id, parked.fence, judgement.settlement);
	return { ...judgement, settled };
}

async function attempt(ports: WakePorts, parked: Parked): Promise<Judgement> {
	try {
		const outcome = await resume(ports, parked);
		return judgeResume(outcome, parked.attempts, ports.random());
	} catch (error) {
		return judgeFailure(error, parked.attempts, ports.random());
	}
}

async function resume(ports: WakePorts, parked: Parked): Promise<ResumeOutcome> {
	const { environment, executionId, id, nodeId, visit } = parked;
	const engine = await ports.engineOf(environment);
	const ticket = { id, nodeId, visit };
	const body =
		parked.joinId === null
			? { ticket, reason: 'due' }
			: { ticket, reason: 'joined', result: await ports.resultOf(parked) };
	const token = ports.sealing.open(parked.sealedToken, tokenPlace(environment, executionId));
	return await engine.executions.resume({ executionId, token, body });
}
