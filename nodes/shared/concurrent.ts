/**
 * Runs `work` for 0…count-1, at most `width` at once, results in order. After a failure nothing new
 * is begun; what runs is awaited, then the first failure is thrown.
 */
export async function concurrently<T>(
	count: number,
	width: number,
	work: (index: number) => Promise<T>,
): Promise<T[]> {
	const results: T[] = [];
	const failures: unknown[] = [];
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < count && failures.length === 0) {
			const index = next++;
			try {
				results[index] = await work(index);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
	if (failures.length > 0) throw failures[0];
	return results;
}
