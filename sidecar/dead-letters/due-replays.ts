import { isOrchestrationError } from '../kernel/errors';
import { replayLetter } from './replay';
import type { ReplayPorts } from './replay-ports';

/**
 * Begins to retry the letters whose time has come; a few a round, so that live traffic keeps its share.
 * @returns how many were begun
 */
export async function replayDue(
	ports: ReplayPorts & { inBackground(work: Promise<void>): void },
	limit = 5,
): Promise<number> {
	const ids = await ports.letters.due(ports.clock.now(), limit);
	let begun = 0;
	for (const letterId of ids) {
		try {
			const { outcome } = await replayLetter(ports, {
				letterId,
				strategy: 'retry',
				version: 'live',
				requestedBy: 'schedule',
			});
			begun += 1;
			ports.inBackground(outcome);
		} catch (error) {
			// Another replica, or a person, was first.
			if (!isOrchestrationError(error, 'dead_letter_busy', 'dead_letter_closed')) throw error;
		}
	}
	return begun;
}
