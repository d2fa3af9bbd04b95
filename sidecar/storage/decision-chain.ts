import type { Settled } from '../kernel/combine-calls';
import type { Decide } from '../kernel/decide';

/** Makes decisions one after the other, each on what the one before left. One that throws changes nothing. */
export function chain<Row>(
	decides: ReadonlyArray<Decide<Row, unknown>>,
	start: Row | null,
	now: number,
): { row: Row | null; settled: Array<Settled<unknown>> } {
	let row = start;
	const settled = decides.map((decide): Settled<unknown> => {
		try {
			const decided = decide(row, now);
			row = decided.row;
			return { answer: decided.answer };
		} catch (error) {
			return { error };
		}
	});
	return { row, settled };
}
