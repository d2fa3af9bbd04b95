import type { WorkflowContent, WorkflowDefinitions } from '../../engines/engine';
import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import type { DesiredContent } from '../desired-content';
import type { PlannedChange, Promotion, Step, StepResult } from '../promotion';

/** What a step of the journal works with. */
export interface StepContext {
	promotion: Promotion;
	definitions: WorkflowDefinitions;
	clock: Clock;
	/** The value that takes a setting away, for those that can be. */
	settingsReset: Record<string, unknown>;
	/** Results of the steps before, as the journal has them. */
	resultOf(workflowKey: string, action: Step['action']): StepResult | null;
	/** The version to bring, as the target should have it. */
	desiredOf(change: PlannedChange): Promise<DesiredContent>;
	/** Content of one of our versions, untouched. */
	contentOf(versionId: string): Promise<WorkflowContent>;
	/** Remembers where the workflow lives and what it is there now. */
	record(change: PlannedChange, workflowId: string): Promise<void>;
}

/** One kind of step. Both are safe to run again after a crash at any point. */
export interface StepKind {
	/** @throws when it cannot be done; the promotion is then undone */
	run(context: StepContext, change: PlannedChange): Promise<StepResult>;
	/** Puts back what it changed, and only that; an edit of somebody else stays. */
	undo(context: StepContext, change: PlannedChange, result: StepResult | null): Promise<string>;
}

/** The id of the change's workflow in the target, whether it was there before or was created. */
export function targetIdOf(context: StepContext, change: PlannedChange): string {
	const id = context.resultOf(change.workflowKey, 'create')?.workflowId ?? change.targetWorkflowId;
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
