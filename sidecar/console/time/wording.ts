const steps: ReadonlyArray<[Intl.RelativeTimeFormatUnit, number]> = [
	['year', 31_536_000_000],
	['month', 2_592_000_000],
	['day', 86_400_000],
	['hour', 3_600_000],
	['minute', 60_000],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** `3 min ago`, `in 2 hr`; less than ten seconds either way: `just now`. */
export function relativeTime(at: number, now: number): string {
	const distance = at - now;
	for (const [unit, length] of steps) {
		if (Math.abs(distance) >= length) return short(distance / length, unit);
	}
	// What shows the time is moved on every few seconds only.
	if (Math.abs(distance) < 10_000) return 'just now';
	return short(distance / 1000, 'second');
}

function short(distance: number, unit: Intl.RelativeTimeFormatUnit): string {
	return relative.format(Math.trunc(distance), unit).replace('.', '');
}

/** In the reader's own time zone. */
export function exactTime(at: number): string {
	return exact.format(at);
}

/** `85 ms`, `1.2 s`, `3 m 5 s`, `2 h 4 m`, `7 d`; what is none of the smaller unit is left out. */
export function duration(ms: number): string {
	if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
	if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
	const minutes = Math.floor(ms / 60_000);
	if (minutes < 60) return both(minutes, 'm', Math.floor((ms % 60_000) / 1000), 's');
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return both(hours, 'h', minutes % 60, 'm');
	return both(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function both(whole: number, unit: string, rest: number, smaller: string): string {
	return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
}
