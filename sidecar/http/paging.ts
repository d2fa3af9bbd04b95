import { z } from 'zod';
import type { Page } from '../contract/problem';

/**
 * Lists answer `{data, nextCursor}`. A cursor is the id of the last row, made opaque.
 *
 *     query: pageQuery({ state: z.enum(states).optional() }),
 *     responses: { 200: pageOf(letterSchema) },
 *     handler: async ({ query }) => {
 *         const rows = await store.list({ limit: query.limit + 1, after: query.cursor });
 *         return { status: 200, body: toPage(rows.map(toWire), query, (row) => row.id) };
 *     }
 */
export interface PageQuery {
	limit: number;
	/** Id of the last row of the page before, already decoded. */
	cursor: string | null;
}

export const defaultLimit = 50;
export const maximumLimit = 200;

const cursorSchema = z
	.string()
	.refine((text) => decodeCursor(text) !== null, {
		error: 'expected the nextCursor of the page before, got something else',
	})
	.transform(decodeCursor)
	.nullable()
	.default(null)
	.meta({ description: 'nextCursor of the page before.', example: 'cHJvZHVjdGlvbg' });

const limitSchema = z
	.string()
	.regex(/^\d{1,4}$/, { error: `expected a whole number from 1 to ${maximumLimit}` })
	.transform(Number)
	.pipe(z.number().min(1).max(maximumLimit))
	.default(defaultLimit)
	.meta({
		description: `Rows per page, 1 to ${maximumLimit}. Default ${defaultLimit}.`,
		example: 20,
		override: { type: 'integer', minimum: 1, maximum: maximumLimit, default: defaultLimit },
	});

/** `limit`, `cursor` and whatever else the list can be narrowed by. */
export function pageQuery<S extends z.ZodRawShape>(filters: S) {
	return z.strictObject({ limit: limitSchema, cursor: cursorSchema, ...filters });
}

export function pageOf<S extends z.ZodType>(row: S) {
	return z.object({ data: z.array(row), nextCursor: z.string().nullable() });
}

/** @param rows up to `limit + 1` of them: the one too many tells that there is a next page */
export function toPage<T>(rows: T[], { limit }: PageQuery, idOf: (row: T) => string): Page<T> {
	const data = rows.slice(0, limit);
	const last = data.at(-1);
	const isLast = rows.length <= limit || last === undefined;
	return { data, nextCursor: isLast ? null : encodeCursor(idOf(last)) };
}

/** A page of what is wholly at hand; `keyOf` must be unique and gives the order. */
export function pageOfAll<T>(rows: T[], query: PageQuery, keyOf: (row: T) => string): Page<T> {
	const { cursor, limit } = query;
	const rest = rows
		.map((row) => ({ row, key: keyOf(row) }))
		.filter(({ key }) => cursor === null || key > cursor)
		.sort((left, right) => (left.key < right.key ? -1 : 1))
		.slice(0, limit + 1)
		.map(({ row }) => row);
	return toPage(rest, query, keyOf);
}

export function encodeCursor(id: string): string {
	return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: string): string | null {
	if (!/^[\w-]{1,700}$/.test(cursor)) return null;
	const id = Buffer.from(cursor, 'base64url').toString('utf8');
	// Only what we could have written, and nothing Postgres would refuse.
	return encodeCursor(id) === cursor && !/[\0\ufffd]/.test(id) ? id : null;
}
