/**
 * A pure decision on the one row of a key: from what is kept (null: nothing yet) and the time, what
 * is kept from now on and what is answered. It may be asked more than once for one call, since a
 * store that lost a race decides again on what the winner left. Giving the same row back says that
 * nothing changes.
 *
 * @param now milliseconds since 1970, the same clock for the whole fleet
 */
export type Decide<Row, Answer> = (row: Row | null, now: number) => { row: Row; answer: Answer };

/** Keeps one row a key and makes decisions on it one after the other, whoever asks. */
export interface DecidedRows<Row> {
	/** What the decision throws comes through, and then nothing is changed by it. */
	decide<Answer>(key: string, decide: Decide<Row, Answer>): Promise<Answer>;
	/** Null when there is none. */
	find(key: string): Promise<{ row: Row; updatedAt: Date; now: number } | null>;
	/** By key. */
	list(page: {
		limit: number;
		after: string | null;
	}): Promise<Array<{ key: string; row: Row; updatedAt: Date; now: number }>>;
}
