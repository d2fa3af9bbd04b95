import { isQuiet, quietUntil } from '../../kernel/quiet-hours';
import { isOrchestrationError } from '../../kernel/errors';
import { engineTrouble } from '../engine-trouble';
import { replayLetter } from '../replay';
import type { ReplayOutcome } from '../replay-outcome';
import type { InBackground, ReplayPorts } from '../replay-ports';
import { judgedLetters, mostlyFails, type BulkReplay } from './bulk-replay';
import { admitLetter, type LimitPorts } from './hold-to-limits';
import { keepPace } from './keep-pace';
import type { BulkReplayStore } from './bulk-replay-store';

export type WorkOffPorts = ReplayPorts & InBackground & LimitPorts & { bulks: BulkReplayStore };

/** Letters of one bulk replay under way at once: a slow workflow is not piled up in n8n. */
const atOnce = 20;
/** Longer than it takes to begin a replay. */
export const leaseMs = 20_000;

/**
 * One round of all bulk replays: writes down what came of the letters begun, stops what mostly
 * fails, and begins as many letters as the rate allows. What a killed process had begun is settled
 * as every replay is; what it had only taken is given out again.
 */
export async function workOffBulkReplays(ports: WorkOffPorts): Promise<void> {
	await ports.bulks.settle(ports.clock.now());
	const due = await ports.bulks.due();
	await Promise.all(due.map(async (bulk) => await workOff(ports, bulk)));
}

async function workOff(ports: WorkOffPorts, bulk: BulkReplay): Promise<void> {
	const { bulks, clock } = ports;
	if (mostlyFails(await bulks.latestOutcomes(bulk.id, judgedLetters))) {
		const reason = `More than half of the last ${judgedLetters} letters failed. Look at their replays, mend the cause, then resume it.`;
		await bulks.move(bulk.id, ['running'], 'stopped', { reason, at: clock.now() });
		return;
	}
	const quiet = quietReason(bulk, clock.now());
	if (quiet !== null) {
		if (quiet !== bulk.reason) await bulks.setReason(bulk.id, quiet);
		return;
	}
	// One that waits slows nobody down, and must not get faster for it. At its full rate it cannot.
	if (bulk.reason === null || bulk.pace >= bulk.rate) await keepPace(ports, bulk);
	const claimed = await bulks.claim(bulk.id, { atOnce, ttlMs: leaseMs });
	if (claimed.length === 0) return;
	const held = await beginAll(ports, bulk, claimed);
	if (held) await bulks.waitUntil(bulk.id, held.at, held.reason);
	else if (bulk.reason !== null) await bulks.setReason(bulk.id, null);
}

/** @returns what the letters that were given back wait for */
async function beginAll(
	ports: WorkOffPorts,
	bulk: BulkReplay,
	claimed: string[],
): Promise<{ at: Date | null; reason: string | null } | null> {
	const giveBack = async (letterIds: string[]) => {
		for (const letterId of letterIds) await ports.bulks.giveBack(bulk.id, letterId);
	};
	const trouble = await engineTrouble(ports, bulk.filter.environment);
	if (trouble !== null) {
		await giveBack(claimed);
		return { at: null, reason: trouble };
	}
	const begun: Array<Promise<void>> = [];
	const failures: unknown[] = [];
	const allBegun = async () => {
		await Promise.all(begun);
		if (failures.length > 0) throw failures[0];
	};
	for (const [nth, letterId] of claimed.entries()) {
		const admission = await admitLetter(ports, bulk);
		if (!admission.go) {
			await giveBack(claimed.slice(nth));
			await allBegun();
			return { at: admission.at, reason: nth === 0 ? admission.reason : null };
		}
		// Caught here: the next may have to wait for its time, with nobody listening to this one.
		const each = begin(ports, bulk, letterId, admission.report);
		begun.push(each.catch((error: unknown) => void failures.push(error)));
	}
	await allBegun();
	return null;
}

function quietReason({ quietHours }: BulkReplay, now: Date): string | null {
	if (quietHours === null || !isQuiet(quietHours, now)) return null;
	return `It is quiet until ${quietUntil(quietHours, now).toISOString()}.`;
}

async function begin(
	ports: WorkOffPorts,
	bulk: BulkReplay,
	letterId: string,
	report: (outcome: ReplayOutcome | null) => Promise<void>,
): Promise<void> {
	try {
		const { outcome } = await replayLetter(ports, {
			letterId,
			strategy: bulk.strategy,
			version: bulk.version ?? 'live',
			requestedBy: bulk.requestedBy,
			bulkId: bulk.id,
		});
		ports.inBackground(outcome.then(report));
	} catch (error) {
		await report(null);
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
		if (error.code.startsWith('engine_')) await ports.bulks.giveBack(bulk.id, letterId);
		else
			await ports.bulks.skip(
				bulk.id,
				letterId,
				`${error.code}: ${reasonOf(error)}`,
				ports.clock.now(),
			);
	}
}

/** Without the id, so that the same reason is told once for all letters. */
function reasonOf({ message, details }: { message: string; details: Record<string, unknown> }) {
	const { id } = details;
	return typeof id === 'string' ? message.replaceAll(` ${id}`, '') : message;
}
