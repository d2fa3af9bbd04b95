/** Ids that reach themselves by way of others; one that only calls itself is no circle. */
export function inCircles(calls: ReadonlyMap<string, readonly string[]>): Set<string> {
	return new Set([...calls.keys()].filter((id) => reachesItself(id, calls)));
}

function reachesItself(start: string, calls: ReadonlyMap<string, readonly string[]>): boolean {
	const seen = new Set<string>();
	const open = (calls.get(start) ?? []).filter((id) => id !== start);
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		if (id === start) return true;
		if (seen.has(id)) continue;
		seen.add(id);
		open.push(...(calls.get(id) ?? []));
	}
	return false;
}
