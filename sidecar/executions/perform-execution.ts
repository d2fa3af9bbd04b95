import type { Engine } from '../engines/port/engine';
import { isOrchestrationError } from '../kernel/errors';
import { fail, failureOf, ifTold, stuckBy, succeed, writeStep } from './conclude';
import { leaseMs, type Admission, type DispatchPorts } from './dispatch-ports';
import type { ExecutionClaim, Learnt } from './execution-store';
import { keptResult } from './kept-result';
import { notStarted } from './not-started';
import type { Pace } from './pace';
import type { RunPlan, RunPlans } from './run-plans';
import { sendAttempt, type Sent } from './send-attempt';

export type PerformPorts = DispatchPorts & { plans: RunPlans; pace: Pace };

/** One that runs for longer no longer counts among those under way. */
const countedForMs = 15_000;
/** The first look at what goes on without a call of ours. */
const firstLookMs = 250;
const doubtLookMs = 2_000;

/**
 * Sends a claimed execution and writes down what came of it. What the engine does is an outcome.
 * @throws database_unavailable; its lease runs out then, and the engine is asked what became of it
 */
export async function performExecution(ports: PerformPorts, claim: ExecutionClaim): Promise<void> {
	const { execution } = claim;
	const { environment } = execution;
	const claimedAt = ports.clock.now().getTime();
	const counted = countOnce(ports, environment);
	try {
		const admission = await admitted(ports, claim);
		if (!admission) return;
		const { engine, plan, sent } = await attempt(ports, claim, claimedAt);
		if (sent === null) return;
		if (plan && sent.is !== 'not-started' && sent.is !== 'in-doubt') {
			const ms = ports.clock.now().getTime() - claimedAt;
			ports.pace.answered(environment, execution.workflowId, ms);
		}
		counted.release();
		await report(admission, sent);
		await record(ports, claim, engine, plan, sent);
	} finally {
		counted.release();
	}
}

/** Null: not now, and that is written down. */
async function admitted(
	ports: PerformPorts,
	claim: ExecutionClaim,
): Promise<Extract<Admission, { go: true }> | null> {
	let admission: Admission;
	try {
		admission = await ports.admit(claim.execution);
	} catch (error) {
		await record(ports, claim, null, null, notStarted(error));
		return null;
	}
	if (admission.go) return admission;
	await writeStep(ports, claim, { to: 'deferred', at: admission.at });
	return null;
}

function countOnce({ pace, clock }: PerformPorts, environment: string) {
	const over = new AbortController();
	let isCounted = true;
	const release = () => {
		if (isCounted) pace.release(environment);
		isCounted = false;
		// A reason that is there costs no error made for nobody.
		over.abort('over');
	};
	clock.sleep(countedForMs, over.signal).then(release, () => undefined);
	return { release };
}

interface Attempted {
	engine: Engine | null;
	plan: RunPlan | null;
	/** Null: nothing was sent, and nothing is to be written. */
	sent: Sent | null;
}

async function attempt(
	ports: PerformPorts,
	claim: ExecutionClaim,
	claimedAt: number,
): Promise<Attempted> {
	const { execution } = claim;
	let engine: Engine | null = null;
	let plan: RunPlan | null = null;
	try {
		engine = await ports.engineOf(execution.environment);
		plan = await ports.plans.planOf(execution);
		const input = ports.inputOf(execution);
		// Somebody else may think by now that we are gone, and have taken over.
		if (ports.clock.now().getTime() - claimedAt > leaseMs / 2) {
			const at = ports.clock.now();
			await writeStep(ports, claim, { to: 'deferred', at });
			return { engine, plan, sent: null };
		}
		return { engine, plan, sent: await sendAttempt(engine, plan, execution, claim.attempt, input) };
	} catch (error) {
		return { engine, plan, sent: notStarted(error) };
	}
}

async function report(admission: Extract<Admission, { go: true }>, sent: Sent): Promise<void> {
	const went = sent.is === 'done' ? 'well' : sent.is === 'failed' ? 'badly' : null;
	await admission.report(went).catch((error: unknown) => {
		// A probe that is never answered is given up by the circuit itself.
		if (!isOrchestrationError(error)) throw error;
	});
}

async function record(
	ports: PerformPorts,
	claim: ExecutionClaim,
	engine: Engine | null,
	plan: RunPlan | null,
	sent: Sent,
): Promise<void> {
	const { execution, attempt: sentAttempt } = claim;
	const learnt: Learnt = { route: plan?.route ?? null, workflowName: plan?.content?.name ?? null };
	const soon = (ms: number) => new Date(ports.clock.now().getTime() + ms);
	switch (sent.is) {
		case 'done':
			await succeed(ports, claim, sent.result, { ...learnt, ...idOf(sent.engineExecutionId) });
			return;
		case 'under-way': {
			const result =
				sent.result === undefined ? {} : { result: keptResult(sent.result, ports.redaction) };
			const lookAt = soon(firstLookMs);
			await writeStep(
				ports,
				claim,
				{ to: 'followed', status: 'running', lookAt, ...result, ...stuckBy(sent.trouble) },
				{ ...learnt, ...idOf(sent.engineExecutionId ?? null) },
			);
			return;
		}
		case 'in-doubt': {
			const lookAt = soon(doubtLookMs);
			await writeStep(ports, claim, { to: 'followed', status: 'in-doubt', lookAt }, learnt);
			return;
		}
		case 'not-started': {
			if (sent.why === 'away') {
				await writeStep(ports, claim, {
					to: 'deferred',
					at: ports.pace.away(execution.environment),
				});
				return;
			}
			ports.plans.forget(execution);
			const error = {
				node: null,
				name: 'NotStarted',
				message: sent.message,
				description: null,
				httpStatus: sent.httpStatus,
			};
			const lasting = sent.why === 'lasting';
			await fail(ports, claim, { how: 'refused', lasting, error, detail: null, plan }, learnt);
			return;
		}
		case 'failed': {
			// The failure is known by now: when more cannot be had, it must not be lost with it.
			const id = sent.engineExecutionId ?? (engine && (await ifTold(idByTrace(engine, claim))));
			const detail = engine && id !== null ? await ifTold(engine.executions.get(id)) : null;
			const known = { ...learnt, ...idOf(id) };
			const failed = failureOf(detail, sent);
			await fail(ports, claim, { ...failed, lasting: false, detail, plan }, known);
			return;
		}
		default:
			throw new TypeError(`attempt ${sentAttempt.number} ended in no known way`);
	}
}

function idOf(engineExecutionId: string | null): Learnt {
	return engineExecutionId === null ? {} : { engineExecutionId };
}

async function idByTrace(
	engine: Engine,
	{ execution: { workflowId }, attempt: { traceparent, sentAt } }: ExecutionClaim,
): Promise<string | null> {
	const search = { workflowId, traceparent, since: sentAt };
	return (await engine.executions.findCall(search))?.id ?? null;
}
