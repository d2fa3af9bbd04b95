import { OrchestrationError } from '../kernel/errors';
import type { DeadLetter } from './dead-letter';
import { findLetter } from './find-letter';
import type { ReplayPorts } from './replay-ports';

/**
 * Lets an expired letter wait again, for another time to live of its environment.
 * @throws dead_letter_not_found, dead_letter_not_archived
 */
export async function restoreLetter(
	ports: Pick<ReplayPorts, 'letters' | 'environmentOf' | 'clock'>,
	id: string,
	actor: string,
): Promise<DeadLetter> {
	const letter = await findLetter(ports, id);
	const { deadLetters } = await ports.environmentOf(letter.environment);
	const at = ports.clock.now();
	const expiresAt = new Date(at.getTime() + deadLetters.ttlSeconds * 1000);
	const note = `Restored by ${actor}.`;
	const isRestored = await ports.letters.restore(id, { expiresAt, note, at });
	const now = await findLetter(ports, id);
	if (isRestored) return now;
	throw new OrchestrationError(
		'dead_letter_not_archived',
		`Expected dead letter ${id} to be expired to restore it, and it is ${now.state}.`,
		{ details: { id, state: now.state } },
	);
}
