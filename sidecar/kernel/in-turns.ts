/** Requests under way at once: an n8n is one process. */
const atOnce = 6;

/**
 * Works on several items at a time, in their order.
 * @throws what the first one threw, when all that was begun has ended; nothing is begun after that
 */
export async function inTurns<Item, Result>(
	items: readonly Item[],
	work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	const failures: unknown[] = [];
	const left = items.entries();
	const worker = async () => {
		for (const [index, item] of left) {
			try {
				results[index] = await work(item);
			} catch (error) {
				failures.push(error);
			}
			if (failures.length > 0) return;
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	if (failures.length > 0) throw failures[0];
	return results;
}
