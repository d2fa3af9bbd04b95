/** How one call of a batch ended. */
export type Settled<Answer> = { answer: Answer } | { error: unknown };

export interface CombineOptions {
	/** Most calls in one batch. Default 1 000, minimum 1. */
	most?: number;
}

/**
 * Combines concurrent calls on one key: the first goes at once, those that come while it is under way
 * go together in the next batch. So a hot key costs one statement for many calls, and a quiet key
 * never waits for company. Calls keep their order; a call is answered only when its batch is done.
 *
 * @param perform does a whole batch and answers each call, in the same order. When it throws, every
 * call of the batch fails with that error, and the next batch goes all the same.
 */
export function combineCalls<Call, Answer>(
	perform: (key: string, calls: readonly Call[]) => Promise<ReadonlyArray<Settled<Answer>>>,
	{ most = 1_000 }: CombineOptions = {},
): (key: string, call: Call) => Promise<Answer> {
	if (!(most >= 1)) throw new RangeError(`expected most to be at least 1, got ${most}`);
	interface Waiting {
		call: Call;
		resolve(answer: Answer): void;
		reject(error: unknown): void;
	}
	/** A key is in here while a batch of it is under way. */
	const queues = new Map<string, Waiting[]>();

	const settle = async (key: string, batch: Waiting[]): Promise<void> => {
		try {
			const outcomes = await perform(
				key,
				batch.map(({ call }) => call),
			);
			for (const [index, { resolve, reject }] of batch.entries()) {
				const outcome = outcomes[index];
				if (!outcome) reject(new Error(`a batch of ${key} left call ${index} without answer`));
				else if ('error' in outcome) reject(outcome.error);
				else resolve(outcome.answer);
			}
		} catch (error) {
			for (const { reject } of batch) reject(error);
		}
	};

	const work = async (key: string, queue: Waiting[]): Promise<void> => {
		while (queue.length > 0) await settle(key, queue.splice(0, most));
		queues.delete(key);
	};

	return async (key, call) =>
		await new Promise<Answer>((resolve, reject) => {
			const waiting = { call, resolve, reject };
			const queue = queues.get(key);
			if (queue) {
				queue.push(waiting);
				return;
			}
			const started = [waiting];
			queues.set(key, started);
			void work(key, started);
		});
}
