/** The most units in any half-open window of `intervalMs`. */
export function fullestWindow(
	grants: ReadonlyArray<{ at: number; weight?: number }>,
	intervalMs: number,
): number {
	const sorted = [...grants].sort((one, other) => one.at - other.at);
	let most = 0;
	let units = 0;
	let first = 0;
	for (const { at, weight = 1 } of sorted) {
		units += weight;
		for (;;) {
			const oldest = sorted[first];
			if (!oldest || oldest.at > at - intervalMs) break;
			units -= oldest.weight ?? 1;
			first += 1;
		}
		most = Math.max(most, units);
	}
	return most;
}

/** 1: all alike; 1/n: one has it all. */
export function jainIndex(shares: readonly number[]): number {
	const sum = shares.reduce((total, each) => total + each, 0);
	const squares = shares.reduce((total, each) => total + each * each, 0);
	return (sum * sum) / (shares.length * squares);
}

/** Numbers from 0 to 1 that are the same in every run. */
export function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return state / 2_147_483_648;
	};
}
