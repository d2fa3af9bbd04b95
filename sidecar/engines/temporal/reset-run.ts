import { createHash } from 'node:crypto';
import { OrchestrationError } from '../../kernel/errors';
import type { RunOutcome } from '../port/run';
import { describeRun } from './describe-run';
import { eventsBackwards, firstEvents, type HistoryEvent } from './history-events';
import { isShipped } from './orchestration/shipped';
import { type RunId, writeRunId } from './run-id';
import { outcomeSoon } from './run-outcome';
import type { Session } from './session';

/**
 * Runs a failed one again from where it failed, with the code that its workers have now. Asked twice
 * for the same run, it is reset once.
 * @throws engine_conflict, execution_not_found
 */
export async function resetRun(session: Session, run: RunId): Promise<RunOutcome> {
	const { workflowId, runId, status, type } = await describeRun(session, run);
	if (status.name === 'RUNNING' || status.name === 'PAUSED') {
		throw conflict(`Execution ${writeRunId({ workflowId, runId })} has not ended.`);
	}
	const { namespace } = session;
	// Ours begins again from what the ledger has, and runs only what has not succeeded.
	const finish = isShipped(type)
		? await firstTask(session, { workflowId, runId })
		: await pointOfFailure(session, { workflowId, runId });
	const { runId: next } = await session.call(
		async ({ workflowService }) =>
			await workflowService.resetWorkflowExecution({
				namespace,
				workflowExecution: { workflowId, runId },
				reason: 'Retried by n8n Orchestration.',
				workflowTaskFinishEventId: finish,
				requestId: createHash('sha256').update(`${workflowId}/${runId}`).digest('hex').slice(0, 32),
			}),
	);
	return await outcomeSoon(session, { workflowId, runId: next ?? '' });
}

async function firstTask(session: Session, run: Required<RunId>) {
	for (const event of await firstEvents(session, run)) {
		if (event.workflowTaskCompletedEventAttributes) return event.eventId;
	}
	throw neverBegun();
}

/**
 * The task that decided on what failed: done again, it tries that again, and keeps what had succeeded
 * before. Where the workflow's own code failed, the last task.
 */
async function pointOfFailure(session: Session, run: Required<RunId>) {
	let last: HistoryEvent['eventId'] | undefined;
	let failedStep: number | undefined;
	for await (const event of eventsBackwards(session, run)) {
		const { eventId } = event;
		failedStep ??= last === undefined ? undefined : stepThatFailed(event);
		if (event.workflowTaskCompletedEventAttributes) last ??= eventId;
		if (failedStep !== undefined && Number(eventId) === failedStep) {
			const decided =
				event.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId ??
				event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowTaskCompletedEventId;
			if (decided) return decided;
		}
		if (event.activityTaskCompletedEventAttributes && failedStep === undefined) break;
	}
	if (last) return last;
	throw neverBegun();
}

/** The event that began what this event says has failed. */
function stepThatFailed(event: HistoryEvent): number | undefined {
	const activity =
		event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
	if (activity) return Number(activity.scheduledEventId);
	const child =
		event.childWorkflowExecutionFailedEventAttributes ??
		event.childWorkflowExecutionTimedOutEventAttributes;
	return child ? Number(child.initiatedEventId) : undefined;
}

function neverBegun(): OrchestrationError {
	return conflict(
		'It ended before a worker had done anything for it, so there is nothing to go on from. Use the strategy redeliver.',
	);
}

function conflict(message: string): OrchestrationError {
	return new OrchestrationError('engine_conflict', message);
}
