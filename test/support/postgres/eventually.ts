import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again until there is an answer, at most `withinMs`.
 * @param what a sentence that should become true, for the message when it does not
 */
export async function eventually<Answer>(
	what: string,
	withinMs: number,
	ask: () => Promise<Answer | null | undefined | false> | Answer | null | undefined | false,
): Promise<Answer> {
	const deadline = performance.now() + withinMs;
	for (;;) {
		const answer = await ask();
		if (answer !== null && answer !== undefined && answer !== false) return answer;
		if (performance.now() > deadline) {
			throw new Error(`expected within ${withinMs} ms that ${what}; it did not happen`);
		}
		await delay(25);
	}
}
