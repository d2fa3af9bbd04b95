import type { GoneBecause, Parked, ParkedState } from './parked';

export type NewParked = Pick<
	Parked,
	| 'id'
	| 'environment'
	| 'executionId'
	| 'sealedToken'
	| 'nodeId'
	| 'visit'
	| 'workflowId'
	| 'joinId'
> & {
	/** SHA-256 of the resume token. */
	tokenDigest: Buffer;
	/** When to wake it: a time, milliseconds from now by the store's clock, or null: its join says. */
	wake: { at: Date } | { inMs: number } | null;
};

export interface ParkedFilter {
	environment?: string;
	state?: ParkedState;
	executionId?: string;
	workflowId?: string;
}

/** What became of an attempt to wake it. */
export type Settlement =
	| { state: 'resumed' }
	| { state: 'gone'; because: GoneBecause }
	/** To be tried again after so many milliseconds. */
	| { state: 'parked'; inMs: number; trouble: string; inDoubt: boolean };

/** Port of what is parked. All times are those of the store, one clock for the whole fleet. */
export interface ParkedStore {
	/** Taken twice it is one ticket, which gets the new time unless it is being resumed or was. */
	park(parked: NewParked): Promise<{ parked: Parked; created: boolean }>;
	find(id: string): Promise<Parked | null>;
	/** Newest first. */
	list(filter: ParkedFilter, page: { limit: number; after: string | null }): Promise<Parked[]>;
	/** Takes it back. Null: it is being resumed, or is settled. */
	cancel(id: string): Promise<Parked | null>;
	/** One entry for each environment that has something to do: in how many milliseconds. */
	upcoming(): Promise<Array<{ environment: string; inMs: number }>>;
	/** Takes what is due, longest due first, for `leaseMs`; also what others took and did not settle. */
	claim(
		environment: string,
		claim: { owner: string; leaseMs: number; limit: number },
	): Promise<Parked[]>;
	/** Prolongs what `owner` still holds of these. */
	renew(ids: readonly string[], owner: string, leaseMs: number): Promise<void>;
	/**
	 * @returns milliseconds from the time it was wanted to now; null when it is another's by now
	 */
	settle(id: string, fence: number, settlement: Settlement): Promise<{ lateMs: number } | null>;
	/** Deletes what was settled before then. */
	purge(before: Date): Promise<void>;
	count(): Promise<Array<{ environment: string; state: ParkedState; parked: number }>>;
}
