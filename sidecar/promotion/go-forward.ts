import { isOrchestrationError, type ErrorCode } from '../kernel/errors';
import { isVerifying, nextStep, targetIdIn } from './journal';
import { withPatience } from './patience';
import type { Step, StepResult } from './promotion';
import type { Outcome } from './promotion-store';
import { assertWritten, changeOf, enterPhase, type DrivePorts, type Run } from './run';
import type { PromotionContext } from './steps/step-context';
import { stepKinds } from './steps/step-kinds';

/** Does step after step, until all are done, one has failed, or the process is to stop. */
export async function goForward(ports: DrivePorts, run: Run): Promise<void> {
	const { promotion, steps, hold } = run;
	if (promotion.phase !== 'applying' && promotion.phase !== 'verifying') return;
	const context = await ports.contextOf(promotion, run);
	for (let step = nextStep(steps); step; step = nextStep(steps)) {
		if (isVerifying(step) && promotion.phase === 'applying') {
			assertWritten(await ports.promotions.verify(hold, ports.clock.now()), hold);
			enterPhase(ports, run, 'verifying');
		}
		if ((await runStep(ports, run, context, step)) !== 'done') return;
	}
	assertWritten(await ports.promotions.succeed(hold, outcomeOf(run), ports.clock.now()), hold);
	enterPhase(ports, run, 'succeeded');
}

async function runStep(
	ports: DrivePorts,
	run: Run,
	context: PromotionContext,
	step: Step,
): Promise<'done' | 'failed' | 'interrupted'> {
	const { index } = step;
	const begunBefore = step.status === 'started';
	const startedAt = ports.clock.now();
	assertWritten(await ports.promotions.startStep(run.hold, index, startedAt), run.hold);
	step.status = 'started';
	const note = async (result: StepResult): Promise<void> => {
		assertWritten(await ports.promotions.noteStep(run.hold, index, { result }), run.hold);
		step.result = result;
	};
	let result: StepResult;
	try {
		result = await withPatience(ports.clock, ports.stopping, async (triedBefore) => {
			const again = begunBefore || triedBefore > 0;
			return await stepKinds[step.action].run({ ...context, again, note }, changeOf(run, step));
		});
	} catch (error) {
		if (ports.stopping.aborted) return 'interrupted';
		if (isOurs(error)) throw error;
		await fail(ports, run, step, error);
		return 'failed';
	}
	const at = ports.clock.now();
	const end = { status: 'done', result } as const;
	assertWritten(await ports.promotions.endStep(run.hold, index, end, at), run.hold);
	Object.assign(step, { ...end, finishedAt: at });
	return ports.stopping.aborted ? 'interrupted' : 'done';
}

/** Not the target's doing: whoever holds the promotion next goes on with it. */
function isOurs(error: unknown): boolean {
	return isOrchestrationError(error, 'database_unavailable', 'promotion_environment_busy');
}

async function fail(ports: DrivePorts, run: Run, step: Step, error: unknown): Promise<void> {
	const message = error instanceof Error ? error.message : String(error);
	const code: ErrorCode = isOrchestrationError(error) ? error.code : 'internal_error';
	const at = ports.clock.now();
	const failed = await ports.promotions.failStep(run.hold, step.index, { code, message }, at);
	assertWritten(failed, run.hold);
	Object.assign(step, { status: 'failed', message, finishedAt: at });
	run.promotion.reason = message;
	enterPhase(ports, run, 'rolling-back');
}

/** What is to be remembered: which workflow is which, and what the operator has mapped. */
function outcomeOf({ promotion, steps }: Run): Outcome {
	return {
		bindings: promotion.plan.changes.flatMap((change) => {
			const workflowId = targetIdIn(steps, change);
			const { workflowKey } = change;
			return workflowId ? [{ workflowKey, environment: promotion.to, workflowId }] : [];
		}),
		mappings: promotion.spec.mappings,
		by: promotion.createdBy,
	};
}
