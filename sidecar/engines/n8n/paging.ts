import { z, type ZodType } from 'zod';
import type { N8nTransport } from './transport';
import type { TransportRequest } from './transport-request';

/** n8n's own maximum. 0 would mean everything at once. */
const pageSize = 250;

/**
 * Reads a list to its end, each item once: pages may shift while we read.
 * @param options.limit items at most
 * @param options.until stops before the first item for which it is true
 */
export async function readPages<T extends { id: string }>(
	transport: N8nTransport,
	request: TransportRequest,
	item: ZodType<T>,
	options: { limit?: number; until?: (item: T) => boolean } = {},
): Promise<T[]> {
	const { limit = Infinity, until = () => false } = options;
	const page = z.looseObject({ data: z.array(item), nextCursor: z.string().nullish() });
	const found = new Map<string, T>();
	let cursor: string | undefined;
	while (found.size < limit) {
		const answer: { data: T[]; nextCursor?: string | null | undefined } = await transport.json(
			{
				...request,
				query: {
					...request.query,
					limit: Math.min(pageSize, limit - found.size),
					cursor,
				},
			},
			page,
		);
		for (const one of answer.data) {
			if (until(one)) return [...found.values()];
			if (!found.has(one.id)) found.set(one.id, one);
		}
		const next = answer.nextCursor ?? undefined;
		if (next === undefined || next === cursor) break;
		cursor = next;
	}
	return [...found.values()];
}
