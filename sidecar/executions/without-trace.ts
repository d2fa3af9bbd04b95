import type { Engine } from '../engines/port/engine';
import { fail, writeStep, type Failed } from './conclude';
import type { DispatchPorts } from './dispatch-ports';
import type { Execution } from './execution';
import type { ExecutionClaim } from './execution-store';
import { lookAgain } from './look-again';
import { notStarted } from './not-started';
import type { RunPlan, RunPlans } from './run-plans';

/** No trace means nothing only after this: a busy engine takes a while to write down what it was sent. */
const settlesWithinMs = 10_000;

/** The engine knows nothing of one that was sent: it is sent again only where that says that nothing ran. */
export async function withoutTrace(
	ports: DispatchPorts & { plans: RunPlans },
	engine: Engine,
	claim: ExecutionClaim,
): Promise<void> {
	const { execution, attempt } = claim;
	const now = ports.clock.now();
	if (now.getTime() - attempt.sentAt.getTime() < settlesWithinMs) {
		await lookAgain(ports, claim, execution.status, 1_000);
		return;
	}
	const plan = await planUnlessGone(ports, execution);
	if (execution.status === 'in-doubt' && (await neverStarted(engine, claim, plan))) {
		await writeStep(ports, claim, { to: 'deferred', at: now });
		return;
	}
	const error = {
		node: null,
		name: 'LostTrace',
		message:
			'It was sent, and n8n has no trace of it. It may have succeeded, if the workflow does not keep ' +
			'successful executions: look whether its work was done, then replay the letter or discard it.',
		description: null,
		httpStatus: null,
	};
	const lost: Failed = { how: 'lost', lasting: true, error, detail: null, plan };
	await fail(ports, claim, lost, {});
}

/**
 * Null when there is none any more.
 * @throws engine_* while the engine is away
 */
async function planUnlessGone(
	{ plans }: { plans: RunPlans },
	execution: Execution,
): Promise<RunPlan | null> {
	try {
		return await plans.planOf(execution);
	} catch (error) {
		if (notStarted(error).why === 'away') throw error;
		return null;
	}
}

/** Whether no trace means that nothing ran. Of what the runner is given it always keeps one. */
async function neverStarted(
	engine: Engine,
	{ execution, attempt }: ExecutionClaim,
	plan: RunPlan | null,
): Promise<boolean> {
	if (attempt.route === 'runner' || plan?.route === 'runner') return true;
	if (plan === null) return false;
	if (plan.entry.keepsSuccesses !== null) return plan.entry.keepsSuccesses;
	// As the instance is set: one success of this workflow that was kept tells.
	const { workflowId } = execution;
	const kept = await engine.executions.list({ workflowId, status: 'success', limit: 1 });
	return kept.length > 0;
}
