/** Chance of at most `most` hits in `runs` tries of a chance `rate`. */
export function atMost(most: number, runs: number, rate: number): number {
	if (rate <= 0 || most >= runs) return 1;
	if (rate >= 1) return 0;
	let sum = 0;
	for (const [hits, chance] of chancesOf(runs, rate)) {
		if (hits > most) break;
		sum += chance;
	}
	return Math.min(1, sum);
}

/** Hits and their chance, from none on. */
function* chancesOf(runs: number, rate: number): Generator<[hits: number, chance: number]> {
	let logarithm = runs * Math.log1p(-rate);
	for (let hits = 0; hits <= runs; hits += 1) {
		yield [hits, Math.exp(logarithm)];
		logarithm += Math.log(((runs - hits) / (hits + 1)) * (rate / (1 - rate)));
	}
}

/**
 * A rate that the true one exceeds with a chance of at most `risk`, after `hits` in `runs` tries: the
 * upper limit of C. Clopper and E. Pearson, Biometrika 26 (1934), found by bisection.
 */
export function upperRate(hits: number, runs: number, risk: number): number {
	if (hits >= runs) return 1;
	let [low, high] = [hits / runs, 1];
	for (let step = 0; step < 60; step += 1) {
		const middle = (low + high) / 2;
		if (atMost(hits, runs, middle) > risk) low = middle;
		else high = middle;
	}
	return high;
}

/**
 * A value that a further observation exceeds with a chance of at most `share`, whatever the
 * distribution, itself wrong with a chance of at most `risk`: the tolerance limit of S. Wilks, Annals of
 * Mathematical Statistics 12 (1941). Null when there are too few values to say.
 */
export function toleranceLimit(
	values: readonly number[],
	share: number,
	risk: number,
): number | null {
	const sorted = [...values].sort((one, other) => one - other);
	// The k-th smallest is too small when at least k values are below the quantile 1 - share.
	let below = 0;
	for (const [place, chance] of chancesOf(sorted.length, 1 - share)) {
		below += chance;
		if (1 - below <= risk) return sorted[place] ?? null;
	}
	return null;
}
