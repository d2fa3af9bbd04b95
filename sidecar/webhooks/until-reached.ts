import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';

const againAfterMs = 250;
const patienceMs = 60_000;

/**
 * Does it again while the database cannot be reached: what a receiver answered is known, and to
 * forget it would send the same once more. Only for what may be done twice.
 * @throws what it throws itself, `database_unavailable` after a minute
 */
export async function untilReached<Answer>(
	clock: Clock,
	work: () => Promise<Answer>,
): Promise<Answer> {
	const until = clock.now().getTime() + patienceMs;
	for (;;) {
		try {
			return await work();
		} catch (error) {
			const away = isOrchestrationError(error) && error.code === 'database_unavailable';
			if (!away || clock.now().getTime() > until) throw error;
			await clock.sleep(againAfterMs);
		}
	}
}
