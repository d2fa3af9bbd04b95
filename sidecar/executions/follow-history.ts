import type { Engine } from '../engines/port/engine';
import { changesAfter, positionAfter, positionAt } from './follow-changes';
import { continues, listFrom } from './follow-position';
import type { HistoryPorts, OnTrouble } from './history-ports';
import { lookAtOpen, type OpenLook } from './list-executions';
import { observedOf } from './observed';
import { examineFailures, seeEnds, sortOut } from './single-executions';

/** Clocks of the engine and of the sidecar may differ by this much. */
const clockSkewMs = 60_000;

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
	onTrouble: OnTrouble,
	asked?: OpenLook,
): Promise<void> {
	const { history, clock } = ports;
	const { name, baseUrl: source } = environment;
	const lookedAt = clock.now();
	const position = await history.loadPosition(name);
	await examineFailures(ports, name, engine, onTrouble);
	const { changedSince } = engine.executions;
	if (changedSince) {
		if (position?.source !== source) {
			const startId = positionAt(lookedAt);
			await history.savePosition(name, { source, startId, floorId: startId }, lookedAt);
			return;
		}
		const changed = await changesAfter(changedSince, position);
		await history.observe(name, await observedOf(ports, name, engine, changed));
		await sortOut(ports, name, engine, onTrouble);
		const floorId = positionAfter(changed, position, lookedAt);
		await history.savePosition(name, { ...position, floorId }, lookedAt);
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
	// Oldest first, as their ids are made: lists go by those.
	await history.observe(name, await observedOf(ports, name, engine, records.toReversed()));
	await seeEnds(ports, name, engine, look, onTrouble);
	await sortOut(ports, name, engine, onTrouble);
	const startId = goesOn ? position.startId : '0';
	await history.savePosition(name, { source, startId, floorId }, lookedAt);
}
