import type { WorkflowExecutionDescription } from '@temporalio/client';
import { msOf } from './proto-time';
import type { RunTrouble } from '../port/run';
import { eventsBackwards } from './history-events';
import type { Session } from './session';

/** A task that waits for so long is looked into. */
const tolerableMs = 3_000;
/** A poll lasts a minute; who polls has asked within it. */
const polledWithinMs = 75_000;

/** temporal.api.enums.v1.PendingWorkflowTaskState */
const scheduled = 1;
/** temporal.api.enums.v1.TaskQueueType */
const workflowQueue = 1;
/** temporal.api.enums.v1.WorkflowTaskFailedCause */
const nonDeterminism = 24;

/**
 * Why a run that goes on does not get on: nobody takes its tasks, or who takes them fails on them.
 * Temporal tries both for ever; it goes on by itself when the cause is gone.
 */
export async function troubleOf(
	session: Session,
	{ workflowId, runId, taskQueue, raw }: WorkflowExecutionDescription,
): Promise<RunTrouble | null> {
	const task = raw.pendingWorkflowTask;
	if (!task) return null;
	if ((task.attempt ?? 1) > 1) {
		const found = await failedTask(session, { workflowId, runId });
		if (found) return found;
	}
	const waitedMs = session.clock.now().getTime() - msOf(task.originalScheduledTime);
	if (task.state !== scheduled || waitedMs < tolerableMs) return null;
	if (await isPolled(session, taskQueue)) return null;
	return {
		name: 'NoWorker',
		message: `Nobody polls task queue "${taskQueue}" in namespace "${session.namespace}", so nothing is done. Start a worker for it, or name the right queue (type@taskQueue); until then it waits.`,
	};
}

export async function isPolled(session: Session, taskQueue: string): Promise<boolean> {
	const { namespace } = session;
	const { pollers } = await session.call(
		async ({ workflowService }) =>
			await workflowService.describeTaskQueue({
				namespace,
				taskQueue: { name: taskQueue },
				taskQueueType: workflowQueue,
			}),
	);
	const now = session.clock.now().getTime();
	return (pollers ?? []).some((one) => now - msOf(one.lastAccessTime) < polledWithinMs);
}

/** Only the first failure of a task in a row is written into the history. */
async function failedTask(
	session: Session,
	run: { workflowId: string; runId: string },
): Promise<RunTrouble | null> {
	for await (const event of eventsBackwards(session, run)) {
		const failed = event.workflowTaskFailedEventAttributes;
		if (event.workflowTaskCompletedEventAttributes) return null;
		if (!failed) continue;
		const why = failed.failure?.message ?? 'it gives no reason';
		const ends =
			'Temporal tries again until a worker can go on with it: deploy a version that can, or cancel it.';
		if (failed.cause === nonDeterminism) {
			return {
				name: 'NonDeterminism',
				message: `The code of the workflow no longer does what its history says: ${why}. ${ends}`,
			};
		}
		return {
			name: 'WorkflowTaskFailed',
			message: `The workers of its task queue fail on it, as on a workflow type or version they do not have: ${why}. ${ends}`,
		};
	}
	return null;
}
