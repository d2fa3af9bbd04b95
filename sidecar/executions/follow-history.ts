import { classify } from '../dead-letters/classify';
import { timedOut } from '../dead-letters/interrupted';
import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail, ExecutionRecord } from '../engines/port/execution';
import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { Outcome, Status } from './execution';
import { changesAfter, positionAt } from './follow-changes';
import { continues, listFrom } from './follow-position';
import type { HistoryStore, Observed } from './history-store';
import { lookAtOpen, type OpenLook } from './list-executions';

export interface HistoryPorts {
	history: HistoryStore;
	clock: Clock;
	newId: NewId;
	/** Name of a workflow where we know it without asking for each. */
	nameOf(environment: string, workflowId: string, engine: Engine): Promise<string | null>;
	/** Id of the version of ours that ran. */
	versionThatRan(environment: string, execution: ExecutionDetail): Promise<string | null>;
}

const clockSkewMs = 60_000;
/** Single executions read in one round: what is left comes in the next. */
const readAtOnce = 25;

/**
 * One look at what an environment has run since the last one: lists without data, single executions only
 * where one has ended meanwhile, failed, or may be one of ours.
 * @param asked what is under way, where somebody has asked in this round
 * @throws engine_* when the engine cannot be asked
 */
export async function followHistory(
	ports: HistoryPorts,
	environment: { name: string; baseUrl: string },
	engine: Engine,
	asked?: OpenLook,
): Promise<void> {
	const { history, clock } = ports;
	const { name, baseUrl: source } = environment;
	const lookedAt = clock.now();
	const position = await history.loadPosition(name);
	// Those of the last round that whoever follows failures has not passed on meanwhile.
	await examineFailures(ports, name, engine);
	const { changedSince } = engine.executions;
	if (changedSince) {
		const startId = position?.source === source ? position.startId : positionAt(lookedAt);
		if (position?.source === source) {
			const changed = await changesAfter(changedSince, position);
			await history.observe(name, await observedOf(ports, name, engine, changed));
			await sortOut(ports, name, engine);
		}
		await history.savePosition(name, { source, startId, floorId: positionAt(lookedAt) }, lookedAt);
		return;
	}
	const look = asked ?? (await lookAtOpen(engine));
	const { floorId } = look;
	if (!position) {
		await history.savePosition(name, { source, startId: floorId, floorId }, lookedAt);
		return;
	}
	const goesOn = continues(position, { source, floorId });
	const records = await engine.executions.list(
		goesOn
			? { aboveId: listFrom(position) }
			: { startedAfter: new Date(position.lookedAt.getTime() - clockSkewMs).toISOString() },
	);
	await history.observe(name, await observedOf(ports, name, engine, records));
	await seeEnds(ports, name, engine, look);
	await sortOut(ports, name, engine);
	const startId = goesOn ? position.startId : '0';
	await history.savePosition(name, { source, startId, floorId }, lookedAt);
}

async function observedOf(
	ports: HistoryPorts,
	environment: string,
	engine: Engine,
	records: ExecutionRecord[],
): Promise<Observed[]> {
	const observed: Observed[] = [];
	for (const record of records) {
		if (engine.executions.isOwn(record.workflowId)) continue;
		const workflowName = await ports.nameOf(environment, record.workflowId, engine);
		observed.push({ ...toObserved(record, ports), workflowName });
	}
	return observed;
}

function toObserved(record: ExecutionRecord, { newId, clock }: HistoryPorts): Observed {
	const { status, outcome } = standingOf(record.status);
	const { startedAt, stoppedAt } = record;
	return {
		id: newId(),
		workflowId: record.workflowId,
		workflowName: null,
		engineExecutionId: record.id,
		mode: record.mode,
		status,
		outcome,
		startedAt: startedAt ? new Date(startedAt) : clock.now(),
		finishedAt: outcome === null ? null : new Date(stoppedAt ?? startedAt ?? clock.now()),
	};
}

export function standingOf(status: ExecutionRecord['status']): {
	status: Status;
	outcome: Outcome | null;
} {
	switch (status) {
		case 'success':
			return { status: 'succeeded', outcome: 'success' };
		case 'error':
			return { status: 'failed', outcome: 'error' };
		case 'crashed':
			return { status: 'failed', outcome: 'crashed' };
		case 'canceled':
			return { status: 'canceled', outcome: 'canceled' };
		case 'waiting':
			return { status: 'waiting', outcome: null };
		default:
			return { status: 'running', outcome: null };
	}
}

/** What was not over at the last look, and is not listed as under way any more. */
async function seeEnds(
	{ history, ...ports }: HistoryPorts,
	environment: string,
	engine: Engine,
	look: OpenLook,
) {
	const before = await history.open(environment, 1_000);
	if (before.length === 0) return;
	const open = await look.open();
	const ended = before.filter((id) => !open.has(id)).slice(0, readAtOnce);
	for (const id of ended) {
		const glance = await unlessGone(async () => await engine.executions.glance(id));
		if (glance) await history.observe(environment, [toObserved(glance, { history, ...ports })]);
		else await history.forget(environment, id);
	}
}

/** Tells runs of ours, whose ids we have not learnt yet, from the others. */
async function sortOut({ history }: HistoryPorts, environment: string, engine: Engine) {
	await history.settleProvisional(environment);
	for (const one of await history.provisional(environment, readAtOnce)) {
		// A run by the runner has its own trace, and its id comes with its outcome.
		if (one.mode === 'integrated') continue;
		const id = one.engineExecutionId;
		const glance = await unlessGone(async () => await engine.executions.glance(id));
		const isOurs = await history.claimForOurs(one, glance?.traceparent ?? null);
		if (!isOurs) await history.reveal(one.id);
	}
}

async function examineFailures(ports: HistoryPorts, environment: string, engine: Engine) {
	for (const id of await ports.history.unexamined(environment, readAtOnce)) {
		const detail = await unlessGone(async () => await engine.executions.get(id));
		if (detail) await noteFailure(ports, environment, detail);
		else await ports.history.forget(environment, id);
	}
}

/** Keeps why an observed execution failed; whoever reads a failed one anyway passes it on. */
export async function noteFailure(
	ports: Pick<HistoryPorts, 'history' | 'versionThatRan'>,
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
	await ports.history.examined(
		environment,
		{ workflowId: detail.workflowId, engineExecutionId: detail.id },
		{
			workflowName: detail.workflowName,
			error: kept,
			errorClass: kept && classify(kept),
			versionId: await ports.versionThatRan(environment, detail),
		},
	);
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
	try {
		return await read();
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return null;
		throw error;
	}
}
