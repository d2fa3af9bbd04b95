import type { HoldPlaced } from '../gates/gate-store';
import type { Watch, WatchFinding, WatchStatus } from './watch';

/** Port of watches. Storage implements it. */
export interface WatchStore {
	find(promotionId: string): Promise<Watch | null>;
	/** Ids of promotions into an environment that succeeded since and are not watched, nor undone. */
	unwatched(environment: string, since: Date): Promise<string[]>;
	/** Does nothing when it is watched already. */
	open(watch: Watch): Promise<void>;
	/** Those still watching, and those whose roll-back is due; longest unchecked first. */
	due(limit: number): Promise<Watch[]>;
	note(promotionId: string, findings: WatchFinding[], at: Date): Promise<void>;
	/** Ends a watch, places the hold and notes the event: all or nothing. False when it was over. */
	conclude(
		promotionId: string,
		end: {
			status: Exclude<WatchStatus, 'watching'>;
			message: string;
			findings: WatchFinding[];
			rollBackDue: boolean;
			hold: HoldPlaced | null;
		},
		at: Date,
	): Promise<boolean>;
	/** The roll-back was begun, or cannot be: says why. */
	rolledBack(promotionId: string, message: string, at: Date): Promise<void>;
	/** Whether a later promotion into the same environment writes one of these workflows, or it was undone. */
	isSuperseded(promotionId: string): Promise<boolean>;
}
