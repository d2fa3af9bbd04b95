/** How far the executions of an environment have been followed. */
export interface FollowPosition {
	/** Every execution up to this id is over and seen, but for the open ones. */
	floorId: string;
	/** Seen but not over at the last look; suspected: reported crashed once, to be looked at again. */
	open: Array<{ executionId: string; suspected: boolean }>;
}

/** Port. Storage implements it. */
export interface FollowStore {
	load(environment: string): Promise<FollowPosition | null>;
	save(environment: string, position: FollowPosition, at: Date): Promise<void>;
}

/** Ids of executions are numbers that may not fit a double. */
export function isAbove(id: string, other: string): boolean {
	return BigInt(id) > BigInt(other);
}

/**
 * Rows become visible out of the order of their ids when transactions overlap, so the last few ids
 * below the floor are listed again.
 */
const overlap = 50n;

export function listFrom(floorId: string): string {
	const from = BigInt(floorId) - overlap;
	return from > 0n ? String(from) : '0';
}

export function highest(ids: string[], atLeast: string): string {
	return ids.reduce((top, id) => (isAbove(id, top) ? id : top), atLeast);
}
