const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1,204`; from a hundred thousand on `120.4K`. */
export function count(value: number): string {
	return value < 100_000 ? whole.format(value) : short.format(value);
}

/** `1 letter`, `3 letters` */
export function counted(value: number, one: string, many = `${one}s`): string {
	return `${count(value)} ${value === 1 ? one : many}`;
}

/** Of those that ended; never rounded up to 100 %. Null: nothing ended. */
export function successRate(succeeded: number, failed: number): string | null {
	const finished = succeeded + failed;
	if (finished === 0) return null;
	const percent = Math.floor((succeeded / finished) * 1000) / 10;
	return `${percent === 100 ? '100' : percent.toFixed(1)} %`;
}
