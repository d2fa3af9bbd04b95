import type { ErrorCode } from '../kernel/errors';
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

/** Port of promotions and their journals. Storage implements it; leases use the database's clock. */
export interface PromotionStore {
	add(promotion: Promotion): Promise<void>;
	find(id: string): Promise<Promotion | null>;
	/** Newest first. */
	list(
		filter: PromotionFilter,
		page: { limit: number; after: string | null },
	): Promise<Promotion[]>;
	steps(id: string): Promise<Step[]>;

	/** Moves it on if it is still in one of the phases named. False when it is not. */
	move(
		id: string,
		from: readonly PromotionPhase[],
		to: PromotionPhase,
		reason: string | null,
		at: Date,
	): Promise<boolean>;
	/**
	 * Moves a planned one to applying, with its journal, in one transaction.
	 * @throws promotion_environment_busy when another one is under way in its environment
	 */
	begin(id: string, plan: Promotion['plan'], steps: Step[], at: Date): Promise<boolean>;

	/** Takes a promotion under way that nobody holds; the fence grows each time. */
	claim(id: string, lease: PromotionLease): Promise<number | null>;
	renew(id: string, fence: number, lease: PromotionLease): Promise<boolean>;
	release(id: string, fence: number): Promise<void>;
	/** Ids of promotions under way that nobody holds. */
	unattended(limit: number): Promise<string[]>;

	/** Writes of a holder that lost its lease are refused: false. */
	startStep(id: string, fence: number, index: number, at: Date): Promise<boolean>;
	endStep(
		id: string,
		fence: number,
		index: number,
		end: { status: Step['status']; result: StepResult | null; message: string | null; at: Date },
	): Promise<boolean>;
	/** As `move`, by the holder. */
	advance(
		id: string,
		fence: number,
		to: PromotionPhase,
		reason: UndoReason | null,
		at: Date,
	): Promise<boolean>;
	undoReason(id: string): Promise<UndoReason | null>;

	savedMappings(from: string, to: string): Promise<Mappings>;
	saveMappings(
		from: string,
		to: string,
		mappings: Pick<Mappings, 'credentials' | 'workflows'>,
		by: string,
	): Promise<void>;
}
