/** Whether the runtime knows a time zone by this name, as `Europe/Berlin`. */
export function isTimezone(name: string): boolean {
	try {
		return Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
	} catch (error) {
		if (error instanceof RangeError) return false;
		throw error;
	}
}
