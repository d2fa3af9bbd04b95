import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { DeadLetter } from './dead-letter';
import type { DeadLetterStore } from './dead-letter-store';
import { findLetter } from './find-letter';

/**
 * Gives up a letter for good; it stays as a record.
 * @throws dead_letter_not_found, dead_letter_busy, dead_letter_closed
 */
export async function discardLetter(
	ports: { letters: DeadLetterStore; clock: Clock },
	request: { id: string; reason: string | null; actor: string },
): Promise<DeadLetter> {
	await findLetter(ports, request.id);
	const note = `discarded by ${request.actor}${request.reason === null ? '' : `: ${request.reason}`}`;
	const moved = await ports.letters.move(
		request.id,
		['waiting', 'scheduled', 'expired'],
		'discarded',
		note,
		ports.clock.now(),
	);
	if (moved) return moved;
	const { id, state } = await findLetter(ports, request.id);
	throw new OrchestrationError(
		state === 'replaying' ? 'dead_letter_busy' : 'dead_letter_closed',
		state === 'replaying'
			? `Dead letter ${id} is being replayed right now; wait for the outcome first.`
			: `Dead letter ${id} is ${state} already.`,
		{ details: { id, state } },
	);
}
