import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { PlannedChange, Promotion, Step } from './promotion';
import type { Hold, PromotionStore } from './promotion-store';
import type { PromotionContext } from './steps/step-context';

export interface DrivePorts {
	promotions: PromotionStore;
	clock: Clock;
	/** Names this process in leases. */
	owner: string;
	/** Aborted when the process is to stop: the promotion is then left to the next one. */
	stopping: AbortSignal;
	contextOf(
		promotion: Promotion,
		run: Pick<Run, 'steps' | 'assertHeld'>,
	): Promise<PromotionContext>;
	/** Told of every phase reached. */
	onPhase(promotion: Promotion): void;
	/** Told of an undo that must be tried again. */
	onTrouble(promotion: Promotion, error: unknown): void;
}

/** One process at work on one promotion. It alone writes them, so what it has in memory holds. */
export interface Run {
	promotion: Promotion;
	steps: Step[];
	hold: Hold;
	/** @throws promotion_environment_busy when another process has taken over */
	assertHeld(): Promise<void>;
}

/** @throws promotion_environment_busy when the fence refused a write of ours */
export function assertWritten(written: boolean, { id }: Hold): void {
	if (written) return;
	throw new OrchestrationError(
		'promotion_environment_busy',
		`Promotion ${id} has been taken over by another process, which goes on with it.`,
		{ details: { id } },
	);
}

/** Remembers a phase that is in the database already. */
export function enterPhase(ports: DrivePorts, { promotion }: Run, phase: Promotion['phase']): void {
	promotion.phase = phase;
	ports.onPhase(promotion);
}

export function changeOf({ promotion }: Run, step: Step): PlannedChange {
	const change = promotion.plan.changes.find(({ workflowKey }) => workflowKey === step.workflowKey);
	if (!change) throw new TypeError(`step ${step.index} is of no change of the plan`);
	return change;
}
