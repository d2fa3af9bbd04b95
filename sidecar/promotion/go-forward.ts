import { isOrchestrationError, type ErrorCode } from '../kernel/errors';
import { inTurns } from '../kernel/in-turns';
import { isVerifying, nextWave, targetIdIn } from './journal';
import { withPatience } from './patience';
import type { Step, StepResult } from './promotion';
import type { Outcome } from './promotion-store';
import { assertWritten, changeOf, enterPhase, type DrivePorts, type Run } from './run';
import type { PromotionContext } from './steps/step-context';
import { stepKinds } from './steps/step-kinds';

/** Does the steps, several at a time, until all are done, one has failed, or the process is to stop. */
export async function goForward(ports: DrivePorts, run: Run): Promise<void> {
	const { promotion, hold } = run;
	if (promotion.phase !== 'applying' && promotion.phase !== 'verifying') return;
	const context = await ports.contextOf(promotion, run);
	for (let wave = open(run); wave[0]; wave = open(run)) {
		if (isVerifying(wave[0]) && promotion.phase === 'applying') {
			assertWritten(await ports.promotions.verify(hold, ports.clock.now()), hold);
			enterPhase(ports, run, 'verifying');
		}
		const failure = await runWave(ports, run, context, wave);
		if (ports.stopping.aborted) return;
		if (failure) {
			await fail(ports, run, failure);
			return;
		}
	}
	assertWritten(await ports.promotions.succeed(hold, outcomeOf(run), ports.clock.now()), hold);
	enterPhase(ports, run, 'succeeded');
}

function open({ steps, promotion }: Run): Step[] {
	return nextWave(steps, promotion.plan.changes);
}

interface Failure {
	step: Step;
	error: unknown;
}

/** The first failure; the others of the wave have then ended or been broken off, and begun ones stay begun. */
async function runWave(
	ports: DrivePorts,
	run: Run,
	context: PromotionContext,
	wave: Step[],
): Promise<Failure | null> {
	const failed = new AbortController();
	const signal = AbortSignal.any([ports.stopping, failed.signal]);
	const failures: Failure[] = [];
	await inTurns(wave, async (step) => {
		if (signal.aborted) return;
		try {
			await runStep(ports, run, { ...context, signal }, step);
		} catch (error) {
			if (ports.stopping.aborted) return;
			if (isOurs(error)) throw error;
			if (!signal.aborted) failures.push({ step, error });
			failed.abort();
		}
	});
	return failures[0] ?? null;
}

async function runStep(
	ports: DrivePorts,
	run: Run,
	context: PromotionContext & { signal: AbortSignal },
	step: Step,
): Promise<void> {
	const { index } = step;
	const begunBefore = step.status === 'started';
	const startedAt = ports.clock.now();
	assertWritten(await ports.promotions.startStep(run.hold, index, startedAt), run.hold);
	step.status = 'started';
	const note = async (result: StepResult): Promise<void> => {
		assertWritten(await ports.promotions.noteStep(run.hold, index, { result }), run.hold);
		step.result = result;
	};
	const result = await withPatience(ports.clock, context.signal, async (triedBefore) => {
		const again = begunBefore || triedBefore > 0;
		return await stepKinds[step.action].run({ ...context, again, note }, changeOf(run, step));
	});
	const at = ports.clock.now();
	const end = { status: 'done', result } as const;
	assertWritten(await ports.promotions.endStep(run.hold, index, end, at), run.hold);
	Object.assign(step, { ...end, finishedAt: at });
}

/** Not the target's doing: whoever holds the promotion next goes on with it. */
function isOurs(error: unknown): boolean {
	return isOrchestrationError(error, 'database_unavailable', 'promotion_environment_busy');
}

async function fail(ports: DrivePorts, run: Run, { step, error }: Failure): Promise<void> {
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
