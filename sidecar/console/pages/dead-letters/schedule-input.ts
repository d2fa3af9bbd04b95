const minute = 60_000;
const longest = 30 * 24 * 60;
const mostSteps = 20;

/**
 * Minutes as they are typed, as milliseconds; null: no ladder, undefined: nothing that could be one.
 *
 *     ladderFrom('15, 60') // [900000, 3600000]
 */
export function ladderFrom(typed: string): number[] | null | undefined {
	if (typed.trim() === '') return null;
	const minutes = typed.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
	const fits = minutes.every((each) => each >= 1 && each <= longest);
	return fits && minutes.length <= mostSteps
		? minutes.map((each) => Math.round(each * minute))
		: undefined;
}

export function ladderInWords(ladderMs: readonly number[] | null): string {
	return (ladderMs ?? []).map((ms) => String(ms / minute)).join(', ');
}

export function localTimeZone(): string {
	return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
