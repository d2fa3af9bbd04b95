import type { Engine } from '../engines/port/engine';
import type { ExecutionGlance } from '../engines/port/execution';
import { isOrchestrationError } from '../kernel/errors';
import { fail, failureOf, stuckBy, succeed, writeStep } from './conclude';
import type { DispatchPorts } from './dispatch-ports';
import type { ExecutionClaim, Failure, Learnt } from './execution-store';
import { lookAgain } from './look-again';
import type { RunPlans } from './run-plans';
import { resultOf, searchOf } from './send-attempt';
import { withoutTrace } from './without-trace';

export type LookPorts = DispatchPorts & { plans: RunPlans };

const longestLookMs = 30_000;
/** After a restart n8n may call one that waits crashed for a moment. */
const crashLookMs = 2_000;
const awayLookMs = 3_000;
const answersNobody = [
	'engine_unreachable',
	'engine_circuit_open',
	'engine_rate_limited',
	'database_unavailable',
] as const;

/**
 * Asks the engine what became of an execution that no call of ours waits for: one in doubt, one that
 * answered before its end, one that is parked. Nothing is guessed.
 */
export async function lookAfter(ports: LookPorts, claim: ExecutionClaim): Promise<void> {
	try {
		const engine = await ports.engineOf(claim.execution.environment);
		await look(ports, engine, claim);
	} catch (error) {
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
		// Away, or gone between two questions: later.
		await lookAgain(ports, claim, claim.execution.status, awayLookMs);
	}
}

async function look(ports: LookPorts, engine: Engine, claim: ExecutionClaim): Promise<void> {
	const { execution, attempt } = claim;
	const { route } = attempt;
	const search = searchOf(execution, attempt);
	const called = route === 'runner' ? null : await calledOf(engine, claim);
	if (called) {
		await settleCall(ports, engine, claim, called);
		return;
	}
	const run = route === 'webhook' ? null : await engine.executions.findRun(search);
	if (run?.status === 'in-doubt') {
		await underWay(ports, engine, claim, 'running');
	} else if (run?.status === 'running') {
		const learnt = learntOf('runner', run.executionId);
		await underWay(ports, engine, claim, 'running', learnt, stuckBy(run.trouble).failure);
	} else if (run?.status === 'success') {
		await succeed(ports, claim, resultOf(run), learntOf('runner', run.executionId));
	} else if (run) {
		await concludeFailure(ports, engine, claim, run.executionId, run, 'runner');
	} else {
		await withoutTrace(ports, engine, claim);
	}
}

/** By its id once that is known: among thousands of later ones a search would no longer come across it. */
async function calledOf(
	engine: Engine,
	{ execution, attempt }: ExecutionClaim,
): Promise<ExecutionGlance | null> {
	const search = searchOf(execution, attempt);
	const { engineExecutionId: id } = attempt;
	if (attempt.route !== 'webhook' || id === null) return await engine.executions.findCall(search);
	const glance = await ifKept(engine.executions.glance(id));
	return glance?.traceparent === search.traceparent ? glance : null;
}

/** Null when the engine does not have it any more. */
async function ifKept<T>(asked: Promise<T>): Promise<T | null> {
	try {
		return await asked;
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return null;
		throw error;
	}
}

async function settleCall(
	ports: LookPorts,
	engine: Engine,
	claim: ExecutionClaim,
	called: ExecutionGlance,
): Promise<void> {
	switch (called.status) {
		case 'success': {
			const kept = claim.execution.result;
			const outcome = kept === null ? await engine.executions.outcomeOf(called.id) : null;
			const result = outcome?.status === 'success' ? { items: outcome.items } : undefined;
			await succeed(ports, claim, result, learntOf('webhook', called.id));
			return;
		}
		case 'error':
		case 'crashed':
		case 'canceled': {
			if (called.status === 'crashed' && claim.execution.status === 'waiting') {
				await lookAgain(ports, claim, 'running', crashLookMs, learntOf('webhook', called.id));
				return;
			}
			const message = `The execution ended as ${called.status} in n8n, as execution ${called.id}.`;
			const crashed = called.status === 'crashed';
			await concludeFailure(ports, engine, claim, called.id, { message, crashed }, 'webhook');
			return;
		}
		default: {
			const status = called.status === 'waiting' ? 'waiting' : 'running';
			await underWay(ports, engine, claim, status, learntOf('webhook', called.id));
		}
	}
}

/**
 * Null when it cannot be read: what is known already must do.
 * @throws while the engine answers nobody; it tells more when it is back
 */
async function ifReadable<T>(asked: Promise<T>): Promise<T | null> {
	try {
		return await asked;
	} catch (error) {
		const isAway = isOrchestrationError(error, ...answersNobody);
		if (isAway || !isOrchestrationError(error)) throw error;
		return null;
	}
}

async function concludeFailure(
	ports: LookPorts,
	engine: Engine,
	claim: ExecutionClaim,
	id: string | null,
	{ message, crashed = false }: { message: string; crashed?: boolean },
	route: 'webhook' | 'runner',
): Promise<void> {
	const detail = id === null ? null : await ifReadable(engine.executions.get(id));
	const told = failureOf(detail, { message, crashed, httpStatus: null });
	const { deadline, cancelRequested } = claim.execution;
	// Stopped by hand in the engine, and not because we asked or its time was over.
	const isOver = deadline !== null && deadline <= ports.clock.now();
	if (detail?.status === 'canceled' && told.how !== 'crashed' && !isOver && !cancelRequested) {
		await writeStep(ports, claim, { to: 'canceled' }, learntOf(route, id));
		return;
	}
	const plan = await ifReadable(ports.plans.planOf(claim.execution));
	const failed = { ...told, lasting: false, detail, plan };
	await fail(ports, claim, failed, learntOf(route, id));
}

/** It goes on: stopped when its time is over, looked at again otherwise, more rarely the longer it takes. */
async function underWay(
	ports: LookPorts,
	engine: Engine,
	claim: ExecutionClaim,
	status: 'running' | 'waiting',
	learnt: Learnt = {},
	failure?: Failure,
): Promise<void> {
	const { execution, attempt } = claim;
	const now = ports.clock.now().getTime();
	const mustStop = execution.cancelRequested || (execution.deadline?.getTime() ?? Infinity) <= now;
	if (mustStop) await engine.executions.stopRun(searchOf(execution, attempt));
	const age = now - attempt.sentAt.getTime();
	const ms = mustStop ? 500 : Math.min(longestLookMs, Math.max(250, age / 4));
	await lookAgain(ports, claim, status, ms, learnt, failure);
}

function learntOf(route: 'webhook' | 'runner', engineExecutionId: string | null): Learnt {
	return { route, ...(engineExecutionId === null ? {} : { engineExecutionId }) };
}
