/** An entry of a table whose keys come from outside: `constructor` is a key like any other. */
export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
	return Object.hasOwn(table, key) ? table[key] : undefined;
}
