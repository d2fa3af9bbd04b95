/** Port of leases: who may do a named thing now. Storage implements it, by the database's clock. */
export interface LeaseStore {
	/**
	 * Takes the lease when it is free or has run out.
	 * @param owner who asks, one name per process
	 * @param ttlMs how long it holds without renewal, in milliseconds
	 * @returns a fence that is greater than every earlier one of this name, or null when it is held,
	 * be it by the same owner
	 */
	acquire(name: string, owner: string, ttlMs: number): Promise<{ fence: number } | null>;
	/** Prolongs from now; false when it has run out or belongs to someone else: stop the work. */
	renew(name: string, owner: string, fence: number, ttlMs: number): Promise<boolean>;
	/** Frees it at once; does nothing when it is no longer ours. */
	release(name: string, owner: string, fence: number): Promise<void>;
}
