/** How far the executions of an environment have been followed. */
export interface FollowPosition {
	/** Address of the instance that was looked at. */
	source: string;
	/** What failed up to this id was there before we came, and is not ours to judge. */
	startId: string;
	/** Every execution up to this id is over and seen, but for the open ones. */
	floorId: string;
	/** Seen but not over at the last look; suspected: reported crashed once, to be looked at again. */
	open: OpenExecution[];
}

export interface OpenExecution {
	executionId: string;
	suspected: boolean;
}

/** Port. Storage implements it. */
export interface FollowStore {
	load(environment: string): Promise<(FollowPosition & { lookedAt: Date }) | null>;
	save(environment: string, position: FollowPosition, at: Date): Promise<void>;
}

/** Ids of executions are numbers that may not fit a double. */
export function isAbove(id: string, other: string): boolean {
	return BigInt(id) > BigInt(other);
}

/** Oldest first. */
export function byId(id: string, other: string): number {
	return isAbove(id, other) ? 1 : isAbove(other, id) ? -1 : 0;
}

/** Rows become visible out of the order of their ids when transactions overlap. */
const overlap = 50n;

/** The last few ids below the floor are listed again, those from before the start never. */
export function listFrom({
	floorId,
	startId,
}: Pick<FollowPosition, 'floorId' | 'startId'>): string {
	const from = BigInt(floorId) - overlap;
	return from > BigInt(startId) ? String(from) : startId;
}

/**
 * Whether the executions continue those of the position. An instance that was set up anew counts
 * from 1 again, and at another address may be another instance.
 */
export function continues(
	position: Pick<FollowPosition, 'source' | 'floorId'>,
	now: Pick<FollowPosition, 'source' | 'floorId'>,
): boolean {
	return position.source === now.source && !isAbove(position.floorId, now.floorId);
}
