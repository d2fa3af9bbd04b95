import { targetIdOf, versionMadeBy, type StepKind } from './step-context';

/** n8n publishes nothing that calls an unpublished workflow: in a circle somebody has to be first. */
export const publishStandIn: StepKind = {
	run: async (context, change) => {
		const workflowId = targetIdOf(context, change);
		const versionId = versionMadeBy(context, change, 'create') ?? '';
		const { live } = await context.definitions.get(workflowId);
		if (!live) await context.definitions.publish(workflowId, versionId);
		return { workflowId, versionId };
	},

	undo: () => Promise.resolve('It is removed with the workflow.'),
};
