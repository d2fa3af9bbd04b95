/** `slots` free times from `from` on, `step` milliseconds apart, for `weight` units each. */
export type Gap = [from: number, slots: number, step: number, weight: number];

/** More pieces are not kept: then nobody is held back for the sake of others. */
export const mostGaps = 200;

/** Free times that are still to come. */
export function ahead(gaps: readonly Gap[], now: number): Gap[] {
	return gaps.flatMap(([from, slots, step, weight]): Gap[] => {
		const past = from >= now ? 0 : Math.ceil((now - from) / step);
		return past >= slots ? [] : [[from + past * step, slots - past, step, weight]];
	});
}

/** Adds a free time behind all others. */
export function withSlot(gaps: readonly Gap[], exact: number, step: number, weight: number): Gap[] {
	const last = gaps.at(-1);
	if (last && last[2] === step && last[3] === weight && last[0] + last[1] * step === exact) {
		return [...gaps.slice(0, -1), [last[0], last[1] + 1, step, weight]];
	}
	return [...gaps, [exact, 1, step, weight]];
}

/** Takes the first free time for `weight` units between the two; null when there is none. */
export function takeSlot(
	gaps: readonly Gap[],
	weight: number,
	earliest: number,
	latest: number,
): { at: number; gaps: Gap[] } | null {
	for (const [index, [from, slots, step, units]] of gaps.entries()) {
		if (units !== weight) continue;
		const nth = from >= earliest ? 0 : Math.ceil((earliest - from) / step);
		if (nth >= slots) continue;
		const exact = from + nth * step;
		if (exact > latest) continue;
		const before: Gap[] = nth === 0 ? [] : [[from, nth, step, units]];
		const rest = slots - nth - 1;
		const after: Gap[] = rest === 0 ? [] : [[exact + step, rest, step, units]];
		return {
			at: Math.ceil(exact),
			gaps: [...gaps.slice(0, index), ...before, ...after, ...gaps.slice(index + 1)],
		};
	}
	return null;
}
