export type LedgerName = 'events' | 'deliveries' | 'executions' | 'dead_letters';

/** accepted = completed + deadLettered + discarded + inFlight, always. */
export interface Ledger {
	ledger: LedgerName;
	accepted: number;
	completed: number;
	deadLettered: number;
	discarded: number;
	inFlight: number;
	/** Accepted work that is none of these. 0 while the law holds. */
	imbalance: number;
	/** Work that is gone without having ended, newest first, at most 100. */
	losses: Array<{ id: string; standing: string; noticedAt: string }>;
	/** When the rows themselves were last counted. Null: not yet. */
	recountedAt: string | null;
}

export interface WriteOff {
	ledger: LedgerName;
	writtenOff: number;
}
