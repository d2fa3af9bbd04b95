import type { Item } from '../engines/port/execution';
import type { Execution } from './execution';

/** Port of what children gave, as whoever waits for them is given it: neither redacted nor cut. */
export interface WholeResults {
	keep(executionId: string, result: unknown): Promise<void>;
	/** In the order asked; null where there is none. Null for all: they are more than so many bytes of JSON. */
	of(executionIds: string[], mostBytes: number): Promise<unknown[] | null>;
}

/** Nothing is kept of a run whose answer was taken down before its end: that answer is in the ledger. */
export async function keepWholeResult(
	results: Pick<WholeResults, 'keep'>,
	{ id }: Pick<Execution, 'id'>,
	result: unknown,
): Promise<void> {
	if (result !== undefined) await results.keep(id, result);
}

/** As items, whatever it was: what the last node gave, or the body that a webhook answered with. */
export function itemsIn(result: unknown): Item[] {
	if (result === null || result === undefined) return [];
	if (Array.isArray(result)) return result.flatMap(itemsIn);
	if (typeof result !== 'object') return [{ json: { body: result } }];
	const { items } = result as { items?: unknown };
	const isOfNode = Array.isArray(items) && items.every((item) => isObject(item) && 'json' in item);
	return isOfNode ? (items as Item[]) : [{ json: result as Record<string, unknown> }];
}

function isObject(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}
