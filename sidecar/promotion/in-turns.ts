/** Requests under way at once: an n8n is one process. */
const atOnce = 5;

export async function inTurns<Item, Result>(
	items: readonly Item[],
	work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	for (let start = 0; start < items.length; start += atOnce) {
		results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
	}
	return results;
}
