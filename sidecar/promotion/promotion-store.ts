import type { ErrorCode } from '../kernel/errors';
import type { Binding } from '../workflow-versions/version';
import type { BreakGlass } from './gates/gate-store';
import type { PromotionEvent } from './promotion-events';
import type { Mappings, Promotion, PromotionPhase, Step, StepResult } from './promotion';

export interface PromotionFilter {
	to?: string;
	phase?: PromotionPhase;
}

/** Why a promotion is being undone; kept so that whoever takes over ends it in the right phase. */
export interface UndoReason {
	code: ErrorCode;
	message: string;
}

export interface PromotionLease {
	owner: string;
	ttlMs: number;
}

/** A promotion and the right to go on with it: the fence grows with each holder. */
export interface Hold {
	id: string;
	fence: number;
}

/** What is known for good once a promotion has succeeded. */
export interface Outcome {
	bindings: Binding[];
	/** Remembered for the route; those of bound workflows are forgotten, the binding says it from now on. */
	mappings: Mappings;
	by: string;
}

/**
 * Port of promotions and their journals. Storage implements it; leases use the database's clock. Writes of
 * a holder that another one has replaced change nothing: false.
 */
export interface PromotionStore {
	add(promotion: Promotion): Promise<void>;
	find(id: string): Promise<Promotion | null>;
	/** Newest first. */
	list(
		filter: PromotionFilter,
		page: { limit: number; after: string | null },
	): Promise<Promotion[]>;
	steps(id: string): Promise<Step[]>;
	savedMappings(from: string, to: string): Promise<Mappings>;
	/** Makes these the mappings of a route, and no others. */
	replaceMappings(
		route: { from: string; to: string },
		mappings: Mappings,
		by: string,
	): Promise<void>;

	/** Moves it on if it is still in one of the phases named. False when it is not. */
	move(
		id: string,
		from: readonly PromotionPhase[],
		to: PromotionPhase,
		reason: string | null,
		at: Date,
	): Promise<boolean>;
	/**
	 * Moves one that waits to applying, with its journal, in one transaction. False when it is over or
	 * was begun.
	 * @param glass past which gates it goes all the same; kept
	 * @throws promotion_environment_busy when another one is under way in its environment
	 */
	begin(
		id: string,
		plan: Promotion['plan'],
		steps: Step[],
		at: Date,
		glass?: BreakGlass | null,
	): Promise<boolean>;
	/** What happened after event `after`, in order. */
	events(id: string, after: number, limit: number): Promise<PromotionEvent[]>;

	/** Takes a promotion under way that nobody holds. */
	claim(id: string, lease: PromotionLease): Promise<Hold | null>;
	renew(hold: Hold, lease: PromotionLease): Promise<boolean>;
	release(hold: Hold): Promise<void>;
	/** Ids of promotions under way that nobody holds. */
	unattended(limit: number): Promise<string[]>;

	startStep(hold: Hold, index: number, at: Date): Promise<boolean>;
	/** Keeps what a step knows so far, or why it cannot go on; its status stays. */
	noteStep(
		hold: Hold,
		index: number,
		note: { result: StepResult } | { message: string },
	): Promise<boolean>;
	endStep(
		hold: Hold,
		index: number,
		end: { status: 'done'; result: StepResult } | { status: 'compensated'; message: string },
		at: Date,
	): Promise<boolean>;
	/** Ends a step as failed and begins to undo, both or neither. */
	failStep(hold: Hold, index: number, reason: UndoReason, at: Date): Promise<boolean>;
	verify(hold: Hold, at: Date): Promise<boolean>;
	/** Ends it well, all or nothing; what it rolled back is rolled-back from then on. */
	succeed(hold: Hold, outcome: Outcome, at: Date): Promise<boolean>;
	/** Ends it when all is undone. */
	giveUp(hold: Hold, phase: 'failed' | 'errored', at: Date): Promise<boolean>;
	undoReason(id: string): Promise<UndoReason | null>;
}
