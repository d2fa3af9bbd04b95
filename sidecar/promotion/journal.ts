import type { PlannedChange, Step, StepAction } from './promotion';

/**
 * The steps of a plan. All is created and staged before anything is published, what is called is
 * published before what calls it, and all of it is then seen live; what goes out of service goes the other way
 * round.
 */
export function journalOf(changes: PlannedChange[]): Step[] {
	const creates = changes.filter(({ action }) => action === 'create');
	const writes = changes.filter(({ action }) => action === 'create' || action === 'update');
	const published = writes.filter(({ publish }) => publish);
	const steps: Array<[StepAction, PlannedChange]> = [
		...creates.map(doing('create')),
		...creates.filter(({ circle }) => circle).map(doing('publish-stand-in')),
		...writes.map(doing('stage')),
		...published.map(doing('publish')),
		...published.map(doing('see-live')),
		...changes
			.filter(({ unpublish }) => unpublish)
			.reverse()
			.map(doing('unpublish')),
		...writes.filter(({ thenDraft }) => thenDraft !== null).map(doing('restage')),
		...changes.filter(({ action }) => action !== 'none').map(doing('record')),
	];
	return steps.map(([action, { workflowKey }], index) => ({
		index,
		workflowKey,
		action,
		status: 'pending',
		result: null,
		message: null,
		startedAt: null,
		finishedAt: null,
	}));
}

function doing(action: StepAction): (change: PlannedChange) => [StepAction, PlannedChange] {
	return (change) => [action, change];
}

/** What can be done now: steps of one kind that need nothing of each other; none when all are done. */
export function nextWave(steps: Step[], changes: PlannedChange[]): Step[] {
	const open = steps.filter(({ status }) => status === 'pending' || status === 'started');
	const wave = open.filter(({ action }) => action === open[0]?.action);
	const after = new Map(changes.map((change) => [change.workflowKey, change.after]));
	return wave.filter((step) => !wave.some((earlier) => waitsFor(step, earlier, after)));
}

/** What is called goes into service before what calls it, and out of service after it. */
function waitsFor(
	step: Step,
	earlier: Step,
	after: ReadonlyMap<string, string[] | undefined>,
): boolean {
	if (earlier.index >= step.index) return false;
	if (step.action === 'publish') return needs(after.get(step.workflowKey), earlier);
	if (step.action === 'unpublish') return needs(after.get(earlier.workflowKey), step);
	return false;
}

function needs(calls: string[] | undefined, { workflowKey }: Step): boolean {
	return calls === undefined || calls.includes(workflowKey);
}

/** The next step to undo, last first; null when the target is as it was. */
export function nextUndo(steps: Step[]): Step | null {
	return (
		steps.findLast(
			({ status }) => status === 'done' || status === 'started' || status === 'failed',
		) ?? null
	);
}

/** From here on all is written and published. */
export function isVerifying(step: Step): boolean {
	return !['create', 'publish-stand-in', 'stage', 'publish'].includes(step.action);
}

export function resultOf(steps: Step[], workflowKey: string, action: StepAction): Step['result'] {
	return (
		steps.find((step) => step.workflowKey === workflowKey && step.action === action)?.result ?? null
	);
}

/** The id of the change's workflow in the target, once it has one. */
export function targetIdIn(steps: Step[], change: PlannedChange): string | null {
	return resultOf(steps, change.workflowKey, 'create')?.workflowId ?? change.targetWorkflowId;
}
