/** A key belongs to the token that sent it: two callers may use the same key. */
export interface IdempotencyKey {
	tokenId: string;
	key: string;
}

export interface StoredResponse {
	status: number;
	/** JSON value. */
	body: unknown;
}

export type IdempotencyClaim =
	/** First sight, or taken over from a request that never finished: do the work. */
	| { status: 'new' }
	/** Someone is at it; ask again later. */
	| { status: 'in-progress' }
	/** The key was used for a different request. */
	| { status: 'mismatch' }
	/** Answer with this. */
	| { status: 'done'; response: StoredResponse };

/** Port of `Idempotency-Key`. Storage implements it, by the database's clock. */
export interface IdempotencyStore {
	/**
	 * Claims a key. One in progress for more than 60 s is taken to be of a crashed process and is
	 * handed to the next caller with the same request.
	 * @param requestHash digest of method, path and body
	 */
	begin(claim: IdempotencyKey & { requestHash: string }): Promise<IdempotencyClaim>;
	/** Keeps the answer; the first one stays when two come. */
	finish(claim: IdempotencyKey & { response: StoredResponse }): Promise<void>;
	/** Frees a key whose request failed in a way worth trying again. A finished one stays. */
	abandon(claim: IdempotencyKey): Promise<void>;
	/** Forgets keys last claimed before then. @returns how many */
	purge(olderThan: Date): Promise<number>;
}
