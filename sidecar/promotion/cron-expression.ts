interface Field {
	name: string;
	low: number;
	high: number;
}

const fields: Field[] = [
	{ name: 'second', low: 0, high: 59 },
	{ name: 'minute', low: 0, high: 59 },
	{ name: 'hour', low: 0, high: 23 },
	{ name: 'day of month', low: 1, high: 31 },
	{ name: 'month', low: 1, high: 12 },
	{ name: 'day of week', low: 0, high: 7 },
];

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const aliases = new Map([
	...months.map((name, index) => [name, index + 1] as const),
	...days.map((name, index) => [name, index] as const),
]);
const presets = [
	'@yearly',
	'@monthly',
	'@weekly',
	'@daily',
	'@hourly',
	'@minutely',
	'@secondly',
	'@weekdays',
	'@weekends',
];
/** Longest months, February of a leap year. */
const lastDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What n8n's scheduler would not take in a cron expression; null when it takes it. Its grammar is that of
 * the package `cron`, which differs from other ones: presets, names in any field, no `L`, `W` or `#`.
 */
export function cronProblem(expression: string): string | null {
	const text = expression.toLowerCase();
	if (presets.includes(text)) return null;
	const unknown = text.match(/[a-z]{1,3}/g)?.find((word) => !aliases.has(word));
	if (unknown !== undefined) return `"${unknown}" is no name of a month or day`;
	const parts = text
		.replace(/[a-z]{1,3}/g, (word) => String(aliases.get(word)))
		.trim()
		.split(/\s+/);
	if (parts.length < 5 || parts.length > 6) {
		return `expected 5 or 6 fields, got ${text.trim() === '' ? 0 : parts.length}`;
	}
	const values: Array<Set<number>> = [];
	for (const [index, part] of parts.entries()) {
		const field = fields[index + fields.length - parts.length];
		if (!field) break;
		const read = readField(part, field);
		if (typeof read === 'string') return `${field.name} "${part}": ${read}`;
		values.push(read);
	}
	return neverDue(values.slice(-3));
}

function readField(text: string, { low, high }: Field): Set<number> | string {
	const values = new Set<number>();
	for (const part of text.split(',')) {
		if (part.indexOf('*') > 0) return 'a * can only stand first';
		const match = /^(\d+)(?:-(\d+))?(?:\/(\d+))?$/.exec(part.replaceAll('*', `${low}-${high}`));
		if (!match) return 'cannot be read';
		const [, from, until, by] = match;
		const first = Number(from);
		const last = until === undefined ? (by === undefined ? first : high) : Number(until);
		const step = Number(by ?? 1);
		if (step === 0) return 'a step of zero';
		if (first > last && until !== undefined) return 'the range ends before it begins';
		if (first < low || first > high || last > high) return `expected ${low} to ${high}`;
		for (let value = first; value <= last; value += step) values.add(value);
	}
	return values;
}

/** A day that no month has, such as 31 February. A restricted day of week is due besides. */
function neverDue([ofMonth, month, ofWeek]: Array<Set<number>>): string | null {
	if (!ofMonth || !month || !ofWeek || weekdays(ofWeek) < 7) return null;
	const due = lastDays.some(
		(last, index) => month.has(index + 1) && [...ofMonth].some((day) => day <= last),
	);
	return due ? null : 'the months have no such day';
}

/** Sunday is both 0 and 7. */
function weekdays(values: Set<number>): number {
	return new Set([...values].map((day) => day % 7)).size;
}
