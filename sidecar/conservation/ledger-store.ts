import type { CountedLedger, LedgerName, Loss } from './ledger';

/** Port of the sums. Storage implements it. */
export interface LedgerStore {
	/** Every ledger, as of one moment. Cheap: reads the counts, not the work. */
	sums(): Promise<CountedLedger[]>;
	/** Newest first, without what was written off. */
	losses(ledger: LedgerName, limit: number): Promise<Loss[]>;
	/** Puts the changes of before into the counts, so that reading them stays cheap. */
	fold(): Promise<void>;
	/** Counts every row and keeps how far that is from the counts. Reads an index of each table. */
	recount(): Promise<void>;
	/** Takes what is missing as discarded; the law holds again. @returns how much it was */
	writeOff(ledger: LedgerName): Promise<number>;
}
