import { z } from 'zod';
import type {
	DeletedWorkflow as WireDeleted,
	DispatchState as WireDispatchState,
	PausedWorkflow as WirePaused,
	WorkflowState,
} from '../contract/direct-changes';
import type { DeletedWorkflow, PausedWorkflow } from '../direct-changes/direct-change-store';
import { revisionOf } from '../direct-changes/revision';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { DispatchState } from '../executions/pause-dispatch';
import { environmentName, plainText, dateTime } from './wire-schemas';

export const workflowPath = z.strictObject({ environment: environmentName, id: plainText(200) });
export const environmentPath = z.strictObject({ environment: environmentName });

export const breakGlass = plainText(1_000).optional().meta({
	description:
		'Why a protected environment is changed past the promotions; goes into the audit log.',
});
const reason = plainText(1_000).optional();
const revision = plainText(300).meta({
	description: '`revision` of the workflow as it was read.',
	example: '1f0e.4f53cda18c2baa0c.9e107d9d372bb682.1f0e',
});

export const creationInput = z
	.strictObject({
		content: z.looseObject({}).meta({
			description: "n8n's JSON of a workflow: name, nodes, connections, settings.",
		}),
		publish: z.boolean().default(false),
		message: plainText(1_000).optional().meta({
			description: 'Why, kept with the version of what was written.',
		}),
		breakGlass,
	})
	.meta({ id: 'WorkflowCreation' });
export const updateInput = creationInput
	.extend({ basedOn: revision })
	.meta({ id: 'WorkflowUpdate' });
export const pauseInput = z
	.strictObject({ reason, force: z.boolean().default(false), breakGlass })
	.optional();
export const resumeInput = z.strictObject({ breakGlass }).optional();
export const restoreInput = z
	.strictObject({ publish: z.boolean().default(true), breakGlass })
	.optional();
export const deletionQuery = z.strictObject({
	basedOn: revision.optional(),
	reason,
	force: z
		.enum(['true', 'false'])
		.default('false')
		.transform((text) => text === 'true')
		.meta({ override: { type: 'boolean', default: false } }),
	breakGlass,
});

export const stateSchema = z
	.strictObject({
		id: z.string(),
		name: z.string(),
		workflowKey: z.string().nullable(),
		active: z.boolean(),
		draftVersionId: z.string(),
		liveVersionId: z.string().nullable(),
		revision: z.string(),
		versionId: z.string().nullable(),
		previousVersionId: z.string().nullable(),
		warnings: z.array(z.string()),
	})
	.meta({ id: 'WorkflowState', description: 'What a workflow is after a change.' });

export const dispatchSchema = z
	.strictObject({
		workflowId: z.string(),
		dispatch: z.enum(['paused', 'sent']),
		pausedSince: dateTime.nullable(),
	})
	.meta({
		id: 'DispatchState',
		description:
			'Where workflows are code: work for it is accepted and waits (paused), or is sent.',
	});

export function dispatchToWire({ workflowId, pausedSince }: DispatchState): WireDispatchState {
	return {
		workflowId,
		dispatch: pausedSince === null ? 'sent' : 'paused',
		pausedSince: pausedSince?.toISOString() ?? null,
	};
}

export const pausedSchema = z
	.strictObject({
		workflowId: z.string(),
		name: z.string(),
		liveVersionId: z.string(),
		versionId: z.string(),
		reason: z.string().nullable(),
		pausedBy: z.string(),
		pausedAt: dateTime,
	})
	.meta({ id: 'PausedWorkflow' });

export const deletedSchema = z
	.strictObject({
		workflowId: z.string(),
		workflowKey: z.string(),
		name: z.string(),
		state: z.enum(['deleting', 'deleted', 'restored']),
		draftVersionId: z.string(),
		liveVersionId: z.string().nullable(),
		tags: z.array(z.string()),
		restoredAs: z.string().nullable(),
		reason: z.string().nullable(),
		deletedBy: z.string(),
		deletedAt: dateTime,
	})
	.meta({ id: 'DeletedWorkflow' });

export function stateToWire(
	workflow: EngineWorkflow,
	workflowKey: string | null,
	more: Partial<Pick<WorkflowState, 'versionId' | 'previousVersionId' | 'warnings'>> = {},
): WorkflowState {
	const { id, content, live, draftVersionId } = workflow;
	return {
		id,
		name: content.name,
		workflowKey,
		active: live !== null,
		draftVersionId,
		liveVersionId: live?.versionId ?? null,
		revision: revisionOf(workflow),
		versionId: null,
		previousVersionId: null,
		warnings: [],
		...more,
	};
}

export function pausedToWire(paused: PausedWorkflow): WirePaused {
	const { workflowId, name, liveVersionId, kept, reason: why, pausedBy, pausedAt } = paused;
	return {
		workflowId,
		name,
		liveVersionId,
		versionId: kept,
		reason: why,
		pausedBy,
		pausedAt: pausedAt.toISOString(),
	};
}

export function deletedToWire(deleted: DeletedWorkflow): WireDeleted {
	return {
		workflowId: deleted.workflowId,
		workflowKey: deleted.workflowKey,
		name: deleted.name,
		state: deleted.state,
		draftVersionId: deleted.draft,
		liveVersionId: deleted.live,
		tags: deleted.tags.map(({ name }) => name),
		restoredAs: deleted.restoredAs,
		reason: deleted.reason,
		deletedBy: deleted.deletedBy,
		deletedAt: deleted.deletedAt.toISOString(),
	};
}

export const exampleState: WorkflowState = {
	id: 'k3XvY0q1mJ8sT2aB',
	name: 'Order intake',
	workflowKey: 'order-intake-0198c0de',
	active: true,
	draftVersionId: '1f0e',
	liveVersionId: '1f0e',
	revision: '1f0e.4f53cda18c2baa0c.9e107d9d372bb682.1f0e',
	versionId: '0198c0de-7a11-7c0d-8000-00000000000a',
	previousVersionId: '0198c0de-7a11-7c0d-8000-000000000009',
	warnings: [],
};
export const exampleDeleted: WireDeleted = {
	workflowId: exampleState.id,
	workflowKey: 'order-intake-0198c0de',
	name: exampleState.name,
	state: 'deleted',
	draftVersionId: '0198c0de-7a11-7c0d-8000-00000000000a',
	liveVersionId: '0198c0de-7a11-7c0d-8000-00000000000a',
	tags: ['orders'],
	restoredAs: null,
	reason: 'replaced by Order intake 2',
	deletedBy: 'release pipeline',
	deletedAt: '2031-04-01T12:00:00.000Z',
};
