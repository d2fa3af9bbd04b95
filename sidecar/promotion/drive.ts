import type { Clock } from '../kernel/clock';
import { isOrchestrationError, OrchestrationError, type ErrorCode } from '../kernel/errors';
import { isVerifying, nextStep, nextUndo } from './journal';
import { isPassing, phaseAfterUndo, type Promotion, type Step } from './promotion';
import type { PromotionStore } from './promotion-store';
import type { StepContext } from './steps/step-context';
import { stepKinds } from './steps/step-kinds';

export interface DrivePorts {
	promotions: PromotionStore;
	clock: Clock;
	/** Names this process in leases. */
	owner: string;
	contextOf(promotion: Promotion, steps: () => Promise<Step[]>): Promise<StepContext>;
	/** Told of every phase reached. */
	onPhase(promotion: Promotion): void;
	/** Told of an undo that must be tried again. */
	onTrouble(promotion: Promotion, error: unknown): void;
}

const leaseMs = 20_000;
/** Waits before a step is tried again, in milliseconds. After the last one it is given up. */
const patience = [500, 2_000, 5_000, 15_000];

/**
 * Takes a promotion that is under way to its end: every step done, or every step undone. Another
 * process can go on at any point with what the journal says. Resolves when it is over, when another
 * process has it, or when an undo has to wait for the target to come back.
 */
export async function drive(ports: DrivePorts, id: string): Promise<void> {
	const fence = await ports.promotions.claim(id, { owner: ports.owner, ttlMs: leaseMs });
	if (fence === null) return;
	const over = new AbortController();
	const heartbeat = holdLease(ports, id, fence, over.signal);
	try {
		await goForward(ports, id, fence);
		await goBack(ports, id, fence);
	} finally {
		over.abort();
		await heartbeat;
		await ports.promotions.release(id, fence);
	}
}

async function holdLease(
	ports: DrivePorts,
	id: string,
	fence: number,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		await ports.clock.sleep(leaseMs / 3, signal).catch(() => undefined);
		if (signal.aborted) return;
		// A lost lease shows at the next write, which the fence refuses.
		await ports.promotions
			.renew(id, fence, { owner: ports.owner, ttlMs: leaseMs })
			.catch(() => false);
	}
}

async function goForward(ports: DrivePorts, id: string, fence: number): Promise<void> {
	let promotion = await load(ports, id);
	const steps = async () => await ports.promotions.steps(id);
	while (promotion.phase === 'applying' || promotion.phase === 'verifying') {
		const step = nextStep(await steps());
		if (step === null) {
			await ports.promotions.advance(id, fence, 'succeeded', null, ports.clock.now());
		} else {
			if (isVerifying(step) && promotion.phase === 'applying') {
				await ports.promotions.advance(id, fence, 'verifying', null, ports.clock.now());
			}
			await runStep(ports, promotion, fence, step, steps);
		}
		promotion = await told(ports, promotion, id);
	}
}

async function runStep(
	ports: DrivePorts,
	promotion: Promotion,
	fence: number,
	step: Step,
	steps: () => Promise<Step[]>,
): Promise<void> {
	const { id } = promotion;
	if (!(await ports.promotions.startStep(id, fence, step.index, ports.clock.now()))) throw lost(id);
	try {
		const context = await ports.contextOf(promotion, steps);
		const result = await withPatience(
			ports,
			async () => await stepKinds[step.action].run(context, changeOf(promotion, step)),
		);
		await end(ports, id, fence, step, { status: 'done', result, message: null });
	} catch (error) {
		if (isOrchestrationError(error, 'database_unavailable')) throw error;
		const message = error instanceof Error ? error.message : String(error);
		const code: ErrorCode = isOrchestrationError(error) ? error.code : 'internal_error';
		await end(ports, id, fence, step, { status: 'failed', result: step.result, message });
		const at = ports.clock.now();
		await ports.promotions.advance(id, fence, 'rolling-back', { code, message }, at);
	}
}

/** Tries again while the engine is only away for a moment. */
async function withPatience<Result>(
	ports: DrivePorts,
	work: () => Promise<Result>,
): Promise<Result> {
	for (const wait of patience) {
		try {
			return await work();
		} catch (error) {
			if (!isOrchestrationError(error) || !isPassing(error.code)) throw error;
			await ports.clock.sleep(wait);
		}
	}
	return await work();
}

async function goBack(ports: DrivePorts, id: string, fence: number): Promise<void> {
	const promotion = await load(ports, id);
	if (promotion.phase !== 'rolling-back') return;
	const steps = async () => await ports.promotions.steps(id);
	for (let step = nextUndo(await steps()); step; step = nextUndo(await steps())) {
		try {
			const context = await ports.contextOf(promotion, steps);
			const message = await stepKinds[step.action].undo(
				context,
				changeOf(promotion, step),
				step.result,
			);
			await end(ports, id, fence, step, { status: 'compensated', result: step.result, message });
		} catch (error) {
			// The target is away. The promotion stays rolling-back, and is taken up again by the next round.
			ports.onTrouble(promotion, error);
			return;
		}
	}
	const reason = await ports.promotions.undoReason(id);
	const phase = phaseAfterUndo(reason?.code ?? 'internal_error');
	await ports.promotions.advance(id, fence, phase, reason, ports.clock.now());
	await told(ports, promotion, id);
}

async function end(
	ports: DrivePorts,
	id: string,
	fence: number,
	step: Step,
	outcome: Pick<Step, 'status' | 'result' | 'message'>,
): Promise<void> {
	const at = ports.clock.now();
	if (!(await ports.promotions.endStep(id, fence, step.index, { ...outcome, at }))) throw lost(id);
}

async function load(ports: DrivePorts, id: string): Promise<Promotion> {
	const promotion = await ports.promotions.find(id);
	if (!promotion) throw new TypeError(`promotion ${id} is gone`);
	return promotion;
}

async function told(ports: DrivePorts, before: Promotion, id: string): Promise<Promotion> {
	const now = await load(ports, id);
	if (now.phase !== before.phase) ports.onPhase(now);
	return now;
}

function changeOf(promotion: Promotion, step: Step) {
	const change = promotion.plan.changes.find(({ workflowKey }) => workflowKey === step.workflowKey);
	if (!change) throw new TypeError(`step ${step.index} is of no change of the plan`);
	return change;
}

function lost(id: string): OrchestrationError {
	return new OrchestrationError(
		'promotion_environment_busy',
		`Promotion ${id} has been taken over by another process.`,
	);
}
