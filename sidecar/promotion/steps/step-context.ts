import type { WorkflowDefinitions } from '../../engines/port/definitions';
import type { EngineWorkflow, WorkflowContent } from '../../engines/port/workflow';
import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import type { DesiredContent } from '../desired-content';
import type { PlannedChange, Promotion, Step, StepResult } from '../promotion';

/** What the steps of one promotion work with. */
export interface PromotionContext {
	promotion: Promotion;
	/** Refuses to write once another process has taken over. */
	definitions: WorkflowDefinitions;
	/** What was read when a workflow was seen live, by key. */
	seenLive: Map<string, EngineWorkflow>;
	clock: Clock;
	stepOf(workflowKey: string, action: Step['action']): Step | null;
	/** Content of one of our versions, untouched. */
	contentOf(versionId: string): Promise<WorkflowContent>;
	/** The value that takes a setting away, for those that can be. */
	settingsReset(): Promise<Record<string, unknown>>;
	/** The version to bring, as the target should have it in place of what is there now. */
	desiredOf(
		change: PlannedChange,
		target: Pick<EngineWorkflow, 'content'>,
	): Promise<DesiredContent>;
	/** Keeps what the target has now as a version of ours, or as the form that `originId` has there; its id. */
	keep(change: PlannedChange, workflow: EngineWorkflow, originId?: string): Promise<string>;
	/** Binds a workflow that we have created, unless its key already stands for another one there. */
	bindNew(change: PlannedChange, workflowId: string): Promise<void>;
	unbindNew(change: PlannedChange, workflowId: string): Promise<void>;
}

export interface StepContext extends PromotionContext {
	/** It was begun before, so its effect may be there already. */
	again: boolean;
	/** Aborted when there is no use in waiting any longer. */
	signal: AbortSignal;
	/** Keeps what the undo must know before the step is done. */
	note(result: StepResult): Promise<void>;
}

/** One kind of step. Both are safe to run again after a crash at any point. */
export interface StepKind {
	/** @throws when it cannot be done; the promotion is then undone */
	run(context: StepContext, change: PlannedChange): Promise<StepResult>;
	/** Puts back what it changed, and only that; an edit of somebody else stays. */
	undo(
		context: PromotionContext,
		change: PlannedChange,
		result: StepResult | null,
	): Promise<string>;
}

/** What a step of the same workflow has made, in the engine's words. */
export function versionMadeBy(
	context: PromotionContext,
	{ workflowKey }: PlannedChange,
	action: Step['action'],
): string | null {
	return context.stepOf(workflowKey, action)?.result?.versionId ?? null;
}

/** The id of the change's workflow in the target, whether it was there before or was created. */
export function targetIdOf(context: PromotionContext, change: PlannedChange): string {
	const created = context.stepOf(change.workflowKey, 'create')?.result?.workflowId;
	const id = created ?? change.targetWorkflowId;
	if (id === null) throw new TypeError(`no step has created workflow ${change.workflowKey}`);
	return id;
}

export function editedMeanwhile(change: PlannedChange, what: string): OrchestrationError {
	return new OrchestrationError(
		'promotion_plan_stale',
		`Workflow "${change.name}" ${what} while the promotion was under way. That change was left as it is; plan again to see it.`,
		{ details: { workflowKey: change.workflowKey } },
	);
}
