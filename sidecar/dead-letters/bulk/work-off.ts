import { isQuiet, quietUntil } from '../../kernel/quiet-hours';
import { isOrchestrationError } from '../../kernel/errors';
import { engineTrouble } from '../engine-trouble';
import { replayLetter } from '../replay';
import type { InBackground, ReplayPorts } from '../replay-ports';
import { judgedLetters, mostlyFails, type BulkReplay } from './bulk-replay';
import { keepPace } from './keep-pace';
import type { BulkReplayStore } from './bulk-replay-store';

export type WorkOffPorts = ReplayPorts & InBackground & { bulks: BulkReplayStore };

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
	const trouble =
		quietReason(bulk, clock.now()) ?? (await engineTrouble(ports, bulk.filter.environment));
	if (trouble !== bulk.reason) await bulks.setReason(bulk.id, trouble);
	if (trouble !== null) return;
	await keepPace(ports, bulk);
	const claimed = await bulks.claim(bulk.id, { atOnce, ttlMs: leaseMs });
	await Promise.all(claimed.map(async (letterId) => await begin(ports, bulk, letterId)));
}

function quietReason({ quietHours }: BulkReplay, now: Date): string | null {
	if (quietHours === null || !isQuiet(quietHours, now)) return null;
	return `It is quiet until ${quietUntil(quietHours, now).toISOString()}.`;
}

async function begin(ports: WorkOffPorts, bulk: BulkReplay, letterId: string): Promise<void> {
	try {
		const { outcome } = await replayLetter(ports, {
			letterId,
			strategy: bulk.strategy,
			version: bulk.version ?? 'live',
			requestedBy: bulk.requestedBy,
			bulkId: bulk.id,
		});
		ports.inBackground(outcome);
	} catch (error) {
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
