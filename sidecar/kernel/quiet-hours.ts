export interface QuietHours {
	/** `HH:MM`; `to` before `from` is past midnight. */
	from: string;
	to: string;
	/** IANA name. */
	timeZone: string;
}

/** Whether the clock on the wall there is within; `from` is, `to` is not. */
export function isQuiet({ from, to, timeZone }: QuietHours, now: Date): boolean {
	const wall = new Intl.DateTimeFormat('en-GB', {
		timeZone,
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	}).format(now);
	return from <= to ? from <= wall && wall < to : from <= wall || wall < to;
}

const minute = 60_000;
const day = 1_440;

/** The first minute that is not quiet; now, when now is not. */
export function quietUntil(hours: QuietHours, now: Date): Date {
	let end = now;
	// Minute by minute, since a clock may be put forward or back within.
	for (let step = 0; step < 2 * day && isQuiet(hours, end); step += 1) {
		end = new Date(Math.floor(end.getTime() / minute) * minute + minute);
	}
	return end;
}
