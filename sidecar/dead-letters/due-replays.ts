import { isOrchestrationError } from '../kernel/errors';
import { engineTrouble } from './engine-trouble';
import { replayLetter } from './replay';
import type { InBackground, ReplayPorts } from './replay-ports';

/**
 * Begins to retry the letters whose time has come; of each environment a few a round, so that live
 * traffic keeps its share. An environment that is away keeps its letters scheduled and uses up no
 * attempt of theirs.
 * @returns how many were begun
 */
export async function replayDue(
	ports: ReplayPorts & InBackground,
	perEnvironment = 5,
): Promise<number> {
	const due = await ports.letters.due(ports.clock.now(), perEnvironment);
	const environments = Map.groupBy(due, ({ environment }) => environment);
	const begun = await Promise.all(
		[...environments].map(async ([environment, letters]) => {
			if ((await engineTrouble(ports, environment)) !== null) return 0;
			let count = 0;
			for (const { id } of letters) if (await beginOne(ports, id)) count += 1;
			return count;
		}),
	);
	return begun.reduce((sum, count) => sum + count, 0);
}

async function beginOne(ports: ReplayPorts & InBackground, letterId: string): Promise<boolean> {
	try {
		const { outcome } = await replayLetter(ports, {
			letterId,
			strategy: 'retry',
			version: 'live',
			requestedBy: 'schedule',
		});
		ports.inBackground(outcome);
		return true;
	} catch (error) {
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
		if (error.code === 'replay_not_possible') {
			const now = ports.clock.now();
			await ports.letters.move(letterId, ['scheduled'], 'waiting', error.message, now);
		}
		// Else another replica or a person was first, or the engine went away: the next round tells.
		return false;
	}
}
