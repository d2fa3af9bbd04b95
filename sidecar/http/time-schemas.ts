import { z } from 'zod';
import { plainText } from './wire-schemas';

const wallTime = z
	.string()
	.regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time like 22:30' });

export const timeZone = plainText(100).refine(isTimeZone, {
	error: 'expected the IANA name of a time zone, like Europe/Vienna',
});

export const quietHours = z.strictObject({
	from: wallTime,
	to: wallTime,
	timeZone: timeZone.default('UTC'),
});

function isTimeZone(name: string): boolean {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
	} catch {
		return false;
	}
}
