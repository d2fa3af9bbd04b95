import { classify } from '../dead-letters/classify';
import { timedOut } from '../dead-letters/interrupted';
import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';
import { isAway } from './engine-away';
import type { HistoryPorts, OnTrouble } from './history-ports';
import type { OpenLook } from './list-executions';
import { toObserved } from './observed';

/** Read in one round: what is left comes in the next. */
const readAtOnce = 25;
/** Of each kind, in milliseconds: an engine that is busy has better things to do than to tell. */
const readForMs = 250;

/** What was not over at the last look, and is not listed as under way any more. */
export async function seeEnds(
	ports: HistoryPorts,
	environment: string,
	engine: Engine,
	look: OpenLook,
	onTrouble: OnTrouble,
): Promise<void> {
	const { history, clock } = ports;
	const before = await history.open(environment, 1_000);
	if (before.length === 0) return;
	const open = await look.open();
	const ended = before.filter((id) => !open.has(id)).slice(0, readAtOnce);
	for (const id of inTime(clock, ended)) {
		const glance = await read(id, () => engine.executions.glance(id), onTrouble);
		if (glance === 'gone') await history.forget(environment, id);
		else if (glance !== 'unreadable') {
			await history.observe(environment, [toObserved(glance, ports)]);
		}
	}
}

/** Tells runs of ours, whose ids we have not learnt yet, from the others. */
export async function sortOut(
	{ history, clock }: HistoryPorts,
	environment: string,
	engine: Engine,
	onTrouble: OnTrouble,
): Promise<void> {
	await history.settleProvisional(environment);
	for (const one of inTime(clock, await history.provisional(environment, readAtOnce))) {
		// A run by the runner has its own trace, and its id comes with its outcome.
		if (one.mode === 'integrated') continue;
		const id = one.engineExecutionId;
		const glance = await read(id, () => engine.executions.glance(id), onTrouble);
		if (glance === 'unreadable') continue;
		const traceparent = glance === 'gone' ? null : glance.traceparent;
		const isOurs = await history.claimForOurs(one, traceparent);
		if (!isOurs) await history.reveal(one.id);
	}
}

/** Those of the last round that whoever follows failures has not passed on meanwhile. */
export async function examineFailures(
	ports: HistoryPorts,
	environment: string,
	engine: Engine,
	onTrouble: OnTrouble,
): Promise<void> {
	const { history, clock } = ports;
	for (const id of inTime(clock, await history.unexamined(environment, readAtOnce))) {
		const detail = await read(id, () => engine.executions.get(id), onTrouble);
		if (typeof detail === 'object') await noteFailure(ports, environment, detail);
		// Also one that cannot be read: it must not keep the next ones waiting.
		else await history.forget(environment, id);
	}
}

/**
 * Keeps a failed execution that somebody else has read: it may have ended since the lists of this round, and
 * whoever has a letter of it looks for it here.
 */
export async function keepFailed(
	ports: HistoryPorts,
	environment: string,
	engine: Engine,
	detail: ExecutionDetail,
): Promise<void> {
	if (engine.executions.isOwn(detail.workflowId)) return;
	const observed = { ...toObserved(detail, ports), workflowName: detail.workflowName };
	await ports.history.observe(environment, [observed]);
	await noteFailure(ports, environment, detail);
}

async function noteFailure(
	{ history, versionThatRan }: HistoryPorts,
	environment: string,
	detail: ExecutionDetail,
): Promise<void> {
	const { failure } = detail;
	const error = failure ? { ...failure, input: undefined } : timedOut(detail);
	const kept = error && {
		node: error.node,
		name: error.name,
		message: error.message.slice(0, 4_000),
		description: error.description?.slice(0, 4_000) ?? null,
		httpStatus: error.httpStatus,
	};
	await history.examined(
		environment,
		{ workflowId: detail.workflowId, engineExecutionId: detail.id },
		{
			workflowName: detail.workflowName,
			error: kept,
			errorClass: kept && classify(kept),
			versionId: await versionThatRan(environment, detail),
		},
	);
}

/** As many as there is time for in a round, at least one. */
function* inTime<T>(clock: Clock, some: T[]): Iterable<T> {
	const until = clock.now().getTime() + readForMs;
	for (const one of some) {
		yield one;
		if (clock.now().getTime() >= until) return;
	}
}

/** @throws when nothing else can be read either */
async function read<T extends object>(
	executionId: string,
	ask: () => Promise<T>,
	onTrouble: OnTrouble,
): Promise<T | 'gone' | 'unreadable'> {
	try {
		return await ask();
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return 'gone';
		if (isAway(error)) throw error;
		onTrouble(executionId, error);
		return 'unreadable';
	}
}
