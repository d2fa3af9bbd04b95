import type { ConcurrencyKey, ConcurrencyLease, HeldKey, LeaseClaim } from './concurrency';

export type LeasesAnswer =
	| { granted: true; leases: ConcurrencyLease[] }
	| { granted: false; held: number; limit: number; retryAt: Date };

/** Port of the concurrency leases. Time is the database's. */
export interface ConcurrencyStore {
	/** All or nothing, for all workers one after the other. `ids` names the leases, one for each of `count`. */
	acquire(key: string, claim: LeaseClaim, ids: readonly string[]): Promise<LeasesAnswer>;
	/** Null when the lease is over or the fence is not its own. */
	renew(key: string, id: string, fence: number, ttlMs: number): Promise<ConcurrencyLease | null>;
	/** Giving back what is over does nothing. */
	release(key: string, id: string): Promise<void>;
	find(key: string): Promise<ConcurrencyKey | null>;
	/** By key. */
	list(page: { limit: number; after: string | null }): Promise<HeldKey[]>;
	/** Removes leases that are over. */
	purge(): Promise<void>;
}
