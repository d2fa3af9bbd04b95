/** Text from elsewhere as a text column takes it: Postgres has no U+0000 and no half of a pair. */
export function storedText<Value extends string | null>(value: Value): Value {
	return (value === null ? null : value.toWellFormed().replaceAll('\0', '\u{fffd}')) as Value;
}

/** For a json column whose texts are looked into by statements, which fail at U+0000. */
export function storedTexts(value: Record<string, unknown> | null): string | null {
	return storedJson(
		value &&
			Object.fromEntries(
				Object.entries(value).map(([key, inner]) => [
					key,
					typeof inner === 'string' ? storedText(inner) : inner,
				]),
			),
	);
}

/** For a json column, which takes everything JSON can hold. */
export function storedJson(value: unknown): string | null {
	return value === null ? null : JSON.stringify(value);
}
