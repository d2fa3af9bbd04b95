/** Kinds of accepted work; each has a ledger of its own. */
export const ledgerNames = ['events', 'deliveries', 'executions', 'dead_letters'] as const;
export type LedgerName = (typeof ledgerNames)[number];

/** What became of all that one ledger ever accepted, as counted along with the work itself. */
export interface LedgerSum {
	ledger: LedgerName;
	accepted: number;
	completed: number;
	deadLettered: number;
	discarded: number;
	inFlight: number;
}

/** Rows that an exact count did not find, or found too many (negative). */
export interface Recount {
	missingRows: number;
	missingInFlight: number;
	countedAt: Date;
}

/** Work that is gone without having ended. */
export interface Loss {
	id: string;
	/** What it was when it was last seen: `in_flight`, `dead_lettered`, or `unaccounted`. */
	standing: string;
	noticedAt: Date;
}

/** Null: nobody has counted the rows yet. */
export type CountedLedger = LedgerSum & { recount: Recount | null };

/** Zero while the law holds. Positive: that much accepted work is neither done nor in flight. */
export function imbalanceOf(counted: CountedLedger): number {
	const { accepted, completed, deadLettered, discarded, inFlight, recount } = counted;
	const bySum = accepted - completed - deadLettered - discarded - inFlight;
	if (recount === null) return bySum;
	const { missingRows, missingInFlight } = recount;
	// A row that is gone was mostly in flight as well: it is not missing twice.
	const byRows = missingRows === 0 ? missingInFlight : missingRows;
	return bySum === 0 ? byRows : bySum;
}
