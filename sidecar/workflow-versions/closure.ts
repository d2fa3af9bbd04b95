export interface Callable {
	id: string;
	/** Ids it calls; those that are not among the entries are left out of account. */
	calls: readonly string[];
}

/**
 * Groups of ids, leaves first: what is called stands before what calls it. A group of several is a circle of
 * workflows that call each other, which n8n publishes only with a detour; one that calls itself is no circle.
 * The same entries give the same order. (Strongly connected components after Tarjan come callee first.)
 */
export function releaseOrder(entries: readonly Callable[]): string[][] {
	const position = new Map(entries.map((entry, index) => [entry.id, index]));
	const seen = new Map<string, { index: number; low: number }>();
	const open: string[] = [];
	const groups: string[][] = [];

	function visit(entry: Callable): number {
		const mark = { index: seen.size, low: seen.size };
		seen.set(entry.id, mark);
		open.push(entry.id);
		for (const id of entry.calls) {
			const callee = entries[position.get(id) ?? -1];
			if (!callee) continue;
			const met = seen.get(id);
			if (!met) mark.low = Math.min(mark.low, visit(callee));
			else if (open.includes(id)) mark.low = Math.min(mark.low, met.index);
		}
		if (mark.low === mark.index) {
			const ids = open.splice(open.indexOf(entry.id));
			ids.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
			groups.push(ids);
		}
		return mark.low;
	}

	for (const entry of entries) if (!seen.has(entry.id)) visit(entry);
	return groups;
}
