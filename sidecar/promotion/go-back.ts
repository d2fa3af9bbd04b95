import { isOrchestrationError } from '../kernel/errors';
import { nextUndo } from './journal';
import { phaseAfterUndo, type PlannedChange, type Step } from './promotion';
import { assertWritten, changeOf, enterPhase, type DrivePorts, type Run } from './run';
import type { PromotionContext } from './steps/step-context';
import { stepKinds } from './steps/step-kinds';

/** Undoes step after step, last first, until the target is as it was. */
export async function goBack(ports: DrivePorts, run: Run): Promise<void> {
	const { promotion, steps, hold } = run;
	if (promotion.phase !== 'rolling-back') return;
	const context = await ports.contextOf(promotion, run);
	for (let step = nextUndo(steps); step; step = nextUndo(steps)) {
		if (ports.stopping.aborted) return;
		if (!(await undoStep(ports, run, context, step))) return;
	}
	const reason = await ports.promotions.undoReason(promotion.id);
	const phase = phaseAfterUndo(reason?.code ?? 'internal_error');
	assertWritten(await ports.promotions.giveUp(hold, phase, ports.clock.now()), hold);
	enterPhase(ports, run, phase);
}

async function undoStep(
	ports: DrivePorts,
	run: Run,
	context: PromotionContext,
	step: Step,
): Promise<boolean> {
	const { promotion, hold } = run;
	try {
		const message = await undone(context, changeOf(run, step), step);
		const end = { status: 'compensated', message } as const;
		const at = ports.clock.now();
		assertWritten(await ports.promotions.endStep(hold, step.index, end, at), hold);
		Object.assign(step, { ...end, finishedAt: at });
		return true;
	} catch (error) {
		if (isOrchestrationError(error, 'database_unavailable', 'promotion_environment_busy')) {
			throw error;
		}
		// The target is away, or in the way. It stays rolling-back and is taken up again soon.
		const message = `Not undone yet: ${error instanceof Error ? error.message : String(error)}`;
		assertWritten(await ports.promotions.noteStep(hold, step.index, { message }), hold);
		ports.onTrouble(promotion, error);
		return false;
	}
}

async function undone(
	context: PromotionContext,
	change: PlannedChange,
	step: Step,
): Promise<string> {
	try {
		return await stepKinds[step.action].undo(context, change, step.result);
	} catch (error) {
		if (!isOrchestrationError(error, 'workflow_not_found')) throw error;
		return 'Somebody has deleted the workflow, so there is nothing to undo.';
	}
}
