import { types } from 'pg';

const int8 = types.builtins.INT8;
const date = types.builtins.DATE;

/**
 * How column values reach us: int8 as a number while it is a safe integer (else its text),
 * date as its text, timestamptz as a Date, the rest as pg does it.
 */
export const columnTypes: Pick<typeof types, 'getTypeParser'> = {
	getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
		if (format !== 'binary' && oid === int8) return parseInt8;
		if (format !== 'binary' && oid === date) return (text: string) => text;
		return format === 'binary'
			? types.getTypeParser(oid, 'binary')
			: types.getTypeParser(oid, 'text');
	}) as typeof types.getTypeParser,
};

export function parseInt8(text: string): number | string {
	const number = Number(text);
	return Number.isSafeInteger(number) ? number : text;
}
