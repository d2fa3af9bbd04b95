/** Indexes of 0…count-1 with the same key, in order, by key. */
export function groupIndexes(
	count: number,
	keyOf: (index: number) => string,
): Map<string, number[]> {
	const groups = new Map<string, number[]>();
	for (let index = 0; index < count; index += 1) {
		const key = keyOf(index);
		const group = groups.get(key);
		if (group) group.push(index);
		else groups.set(key, [index]);
	}
	return groups;
}
