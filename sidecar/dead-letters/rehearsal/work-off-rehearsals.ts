import { isOrchestrationError } from '../../kernel/errors';
import { engineTrouble } from '../engine-trouble';
import type { InBackground } from '../replay-ports';
import type { Rehearsal } from './rehearsal';
import { newScene, rehearseLetter, type Scene } from './rehearse-letter';
import type { RehearsalPorts } from './start-rehearsal';

/** Letters run side by side: a rehearsal is in no hurry, and its n8n is a small one. */
const atOnce = 2;
/** A letter whose process died is run again after that: a rehearsal has no effect. */
const leaseMs = 20_000;

/**
 * One round of all rehearsals. What is away is waited for, and said so.
 * @param underWay ids of those this process is at
 */
export async function workOffRehearsals(
	ports: RehearsalPorts & InBackground,
	underWay: Set<string>,
): Promise<void> {
	for (const rehearsal of await ports.rehearsals.running(ports.clock.now())) {
		if (underWay.has(rehearsal.id)) continue;
		const trouble =
			(await engineTrouble(ports, rehearsal.environment)) ??
			(await engineTrouble(ports, rehearsal.filter.environment));
		if (trouble !== rehearsal.reason) await ports.rehearsals.setReason(rehearsal.id, trouble);
		if (trouble !== null) continue;
		underWay.add(rehearsal.id);
		ports.inBackground(workOff(ports, rehearsal).finally(() => underWay.delete(rehearsal.id)));
	}
}

async function workOff(ports: RehearsalPorts, rehearsal: Rehearsal): Promise<void> {
	const scene = newScene();
	const oneByOne = async () => {
		while (await next(ports, rehearsal, scene));
	};
	await Promise.all(Array.from({ length: atOnce }, oneByOne));
}

/** @returns whether to go on */
async function next(ports: RehearsalPorts, rehearsal: Rehearsal, scene: Scene): Promise<boolean> {
	const { rehearsals, clock } = ports;
	const letterId = await rehearsals.claim(rehearsal.id, leaseMs);
	if (letterId === null) return false;
	const over = new AbortController();
	const held = hold(ports, [rehearsal.id, letterId], over.signal);
	try {
		const result = await rehearseLetter(ports, rehearsal, letterId, scene);
		await rehearsals.settle(rehearsal.id, letterId, result, clock.now());
		return true;
	} catch (error) {
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
		// Its lease runs out, and the next round asks whether the engine is back.
		await rehearsals.setReason(rehearsal.id, `${error.code}: ${error.message}`);
		return false;
	} finally {
		over.abort();
		await held;
	}
}

async function hold(
	{ rehearsals, clock }: RehearsalPorts,
	letter: [string, string],
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		await clock.sleep(leaseMs / 3, signal).catch(() => undefined);
		// A missed renewal is made up by the next one.
		if (!signal.aborted) await rehearsals.renew(...letter, leaseMs).catch(() => undefined);
	}
}
