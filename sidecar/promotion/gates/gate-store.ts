import type { Approval } from './approval';
import type { PromotionHold } from './promotion-hold';
import type { Arrival } from './verification';

/** Past which gates a promotion was applied all the same. */
export interface BreakGlass {
	by: string;
	reason: string;
	/** Codes of gates that were not passed. */
	gates: string[];
	at: Date;
}

export type HoldPlaced = Pick<
	PromotionHold,
	'environment' | 'promotionId' | 'versions' | 'reason' | 'placedBy' | 'placedAt'
>;

/** Port of what gates decide by. Storage implements it. */
export interface GateStore {
	/** Oldest first. */
	approvals(promotionId: string): Promise<Approval[]>;
	/**
	 * Keeps a word, in place of an earlier one of the same person. A rejection ends the promotion; when
	 * as many as wanted approve, it is planned. All or nothing.
	 * @returns false when the promotion was begun or ended before
	 */
	decide(promotionId: string, approval: Approval, wanted: number): Promise<boolean>;
	breakGlassOf(promotionId: string): Promise<BreakGlass | null>;

	/** Newest first. */
	holds(
		filter: { environment: string; active?: boolean },
		page: { limit: number; after: string | null },
	): Promise<PromotionHold[]>;
	/** Does nothing when the promotion is held already. */
	placeHold(hold: HoldPlaced): Promise<PromotionHold>;
	/** Null when there is no such hold; one that was released before stays as it was. */
	releaseHold(
		id: string,
		environment: string,
		release: { by: string; reason: string; at: Date },
	): Promise<PromotionHold | null>;

	/** Workflows that promotions have brought into an environment, newest first. */
	arrivals(environment: string, workflowKeys: readonly string[]): Promise<Arrival[]>;

	/** Ids of promotions into one of `from` that succeeded since and were not promoted onward yet. */
	onward(to: string, from: readonly string[], since: Date): Promise<string[]>;
	/** Ids of promotions that came to be by themselves and were not applied yet. */
	waitingOnward(to: string): Promise<string[]>;
	/** Gives up one that is stale, so that another can take its place. */
	setAside(id: string, reason: string, at: Date): Promise<void>;
}
