import { classify } from '../dead-letters/classify';
import { timedOut } from '../dead-letters/interrupted';
import { isTerminalStatus, type ExecutionDetail } from '../engines/port/execution';
import type { RunTrouble } from '../engines/port/run';
import { isOrchestrationError } from '../kernel/errors';
import { afterFailure, type FailedAttempt } from './after-failure';
import type { DispatchPorts, LostWork } from './dispatch-ports';
import { isSettled, type Execution, type ExecutionError } from './execution';
import type { ExecutionClaim, ExecutionStep, Failure, Learnt } from './execution-store';
import { keptResult } from './kept-result';
import type { RunPlan } from './run-plans';

/** Characters of an error text that are kept. */
const longestText = 4_000;

/** Writes a step down; false: somebody else has the execution now. */
export async function writeStep(
	ports: DispatchPorts,
	claim: ExecutionClaim,
	step: ExecutionStep,
	learnt: Learnt = {},
): Promise<boolean> {
	const told = !ports.isAwaited(claim.execution);
	const now = ports.clock.now();
	const stepped = await ports.executions.step(claim, step, { ...learnt, told }, now);
	if (!stepped) return false;
	const { status } = stepped.execution;
	ports.onStep(claim.execution, status === 'canceled' ? { to: status } : step, now);
	if (isSettled(status)) await ports.settled(stepped.execution, stepped.attempt);
	return true;
}

export async function succeed(
	ports: DispatchPorts,
	claim: ExecutionClaim,
	result: unknown,
	learnt: Learnt,
): Promise<void> {
	if (claim.execution.origin === 'join') await ports.keepWhole(claim.execution, result);
	const kept = result === undefined ? null : keptResult(result, ports.redaction);
	await writeStep(ports, claim, { to: 'succeeded', result: kept }, learnt);
}

export interface Failed extends Pick<FailedAttempt, 'how' | 'lasting'> {
	error: ExecutionError;
	/** What the engine knows of it. */
	detail: ExecutionDetail | null;
	plan: RunPlan | null;
}

/** Tries again, or keeps a dead letter and gives up. */
export async function fail(
	ports: DispatchPorts,
	claim: ExecutionClaim,
	failed: Failed,
	learnt: Learnt,
): Promise<void> {
	const { execution } = claim;
	const { how, lasting, detail } = failed;
	const error = { ...failed.error, message: failed.error.message.slice(0, longestText) };
	const errorClass = classOf(failed);
	const failure = { error, errorClass };
	// It may have been asked to be canceled meanwhile.
	const now = ports.clock.now();
	const current = (await ports.executions.find(execution.id)) ?? execution;
	const after = afterFailure(current, { how, lasting, failure }, now, ports.random());
	const attempt = how === 'refused' ? 'never-started' : 'failed';
	if (after.next === 'canceled') {
		await writeStep(ports, claim, { to: 'canceled' }, learnt);
		return;
	}
	if (after.next === 'again') {
		await writeStep(ports, claim, { to: 'queued', at: after.at, failure, attempt }, learnt);
		return;
	}
	const versionId = detail && (await ports.versionThatRan(execution.environment, detail));
	const run = { ...current, engineExecutionId: learnt.engineExecutionId ?? null };
	// What became of a child is told to whoever waits for it; that one decides.
	const letterId =
		current.origin === 'join'
			? null
			: await ports.keepLetter(lostWork(ports, run, { ...failed, failure, versionId }));
	const { outcome } = after;
	const known = versionId ? { ...learnt, versionId } : learnt;
	await writeStep(ports, claim, { to: 'failed', outcome, failure, letterId }, known);
}

/** Shown with an execution that goes on, but does not get on. */
export function stuckBy(trouble: RunTrouble | null | undefined): { failure?: Failure } {
	if (!trouble) return {};
	const error = { ...trouble, node: null, description: null, httpStatus: null };
	return { failure: { error, errorClass: classify(error) } };
}

function classOf({ error, how, lasting, detail }: Failed) {
	const found = classify({ ...error, nonRetryable: detail?.failure?.nonRetryable ?? false });
	return found === 'unknown' && how === 'refused' && !lasting ? 'transient' : found;
}

/** All that a letter of it is made of. */
export function lostWork(
	ports: Pick<DispatchPorts, 'inputOf'>,
	execution: Execution,
	known: Pick<Failed, 'detail' | 'plan'> & Pick<LostWork, 'failure' | 'versionId'>,
): LostWork {
	const { detail, plan, failure, versionId } = known;
	return {
		execution,
		failure,
		...triggerOf(ports, execution, known),
		ran: detail?.ran ?? plan?.content ?? null,
		failedInput: detail?.failure?.input ?? [],
		versionId: versionId ?? execution.wantedVersion,
	};
}

/** As it came in, whatever the engine still has of it. */
function triggerOf(
	ports: Pick<DispatchPorts, 'inputOf'>,
	execution: Execution,
	{ detail, plan }: Pick<Failed, 'detail' | 'plan'>,
) {
	const input = ports.inputOf(execution);
	const entry = plan?.entry ?? null;
	const items =
		'items' in input
			? input.items
			: (entry?.itemsOf(input.payload) ?? [{ json: { body: input.payload } }]);
	const node = entry?.triggerNode ?? detail?.trigger?.node ?? null;
	return { items, trigger: node === null ? null : { node, items } };
}

/** Null when it cannot be had now, for what is known well enough without it. */
export async function ifTold<T>(asked: Promise<T>): Promise<T | null> {
	try {
		return await asked;
	} catch (error) {
		if (isOrchestrationError(error) && error.code !== 'database_unavailable') return null;
		throw error;
	}
}

/** How a run ended that the engine calls failed, crashed or canceled. */
export function failureOf(
	detail: ExecutionDetail | null,
	told: { message: string; httpStatus: number | null; crashed?: boolean },
): Pick<Failed, 'how' | 'error'> {
	const cut = detail && timedOut(detail);
	if (cut) return { how: 'crashed', error: cut };
	// What it calls running though it knows that it is cut off tells nothing of the end.
	const ended = detail && isTerminalStatus(detail.status) ? detail : null;
	const isCrashed = ended ? ended.status === 'crashed' : told.crashed;
	const how = isCrashed ? 'crashed' : 'error';
	const failure = detail?.failure;
	if (failure) {
		const { node, name, message, description, httpStatus } = failure;
		return { how, error: { node, name, message, description, httpStatus } };
	}
	const { message, httpStatus } = told;
	const name = isCrashed ? 'WorkflowCrashedError' : 'Error';
	return { how, error: { node: null, name, message, description: null, httpStatus } };
}
