import type { PlannedChange, Step, StepAction } from './promotion';

/**
 * The steps of a plan. All is created and staged before anything is published, and what is called is
 * published and seen live before what calls it.
 */
export function journalOf(changes: PlannedChange[]): Step[] {
	const writes = changes.filter(({ action }) => action === 'create' || action === 'update');
	const steps: Array<[StepAction, PlannedChange]> = [
		...writes.filter(({ action }) => action === 'create').map(pair('create')),
		...writes.map(pair('stage')),
		...writes
			.filter((change) => change.publish)
			.flatMap((change) => [pair('publish')(change), pair('see-live')(change)]),
		...changes.filter(({ action }) => action === 'unpublish').map(pair('unpublish')),
		...writes.filter(({ thenDraft }) => thenDraft !== null).map(pair('restage')),
		...changes.map(pair('record')),
	];
	return steps.map(([action, change], index) => ({
		index,
		workflowKey: change.workflowKey,
		action,
		status: 'pending',
		result: null,
		message: null,
		startedAt: null,
		finishedAt: null,
	}));
}

function pair(action: StepAction): (change: PlannedChange) => [StepAction, PlannedChange] {
	return (change) => [action, change];
}

/** The next step to do; null when all are done. */
export function nextStep(steps: Step[]): Step | null {
	return steps.find(({ status }) => status === 'pending' || status === 'started') ?? null;
}

/** The next step to undo, last first; null when the target is as it was. */
export function nextUndo(steps: Step[]): Step | null {
	return (
		steps.findLast(
			({ status }) => status === 'done' || status === 'started' || status === 'failed',
		) ?? null
	);
}

/** From the first publication on, a promotion is being verified. */
export function isVerifying(step: Step): boolean {
	return step.action === 'see-live' || step.action === 'restage' || step.action === 'record';
}
