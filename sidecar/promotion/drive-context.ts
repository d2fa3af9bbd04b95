import type { WorkflowContent } from '../engines/engine';
import { desiredContent } from './desired-content';
import type { PlannedChange, Promotion, Step } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import type { StepContext } from './steps/step-context';

/** What the steps of one promotion work with; read anew for each step, so that any process can go on. */
export async function contextOf(
	ports: PromotionPorts,
	promotion: Promotion,
	readSteps: () => Promise<Step[]>,
): Promise<StepContext> {
	const definitions = await definitionsOf(ports, promotion.to);
	const api = await definitions.describeApi();
	const steps = await readSteps();
	const resultOf: StepContext['resultOf'] = (workflowKey, action) =>
		steps.find((step) => step.workflowKey === workflowKey && step.action === action)?.result ??
		null;
	const contentOf = async (versionId: string): Promise<WorkflowContent> => {
		const version = await ports.versions.find(versionId);
		if (!version) throw new TypeError(`version ${versionId} is gone`);
		return version.content;
	};
	return {
		promotion,
		definitions,
		clock: ports.clock,
		settingsReset: api.settingsReset,
		resultOf,
		contentOf,
		desiredOf: async (change) => {
			const bound = {
				credentials: promotion.plan.credentials,
				workflows: { ...promotion.plan.workflows, ...created(promotion, resultOf) },
			};
			const target = change.targetWorkflowId
				? await definitions.get(change.targetWorkflowId)
				: null;
			return desiredContent(await contentOf(change.versionId), bound, target, api);
		},
		record: async (change, workflowId) => {
			await record(ports, promotion, change, workflowId);
		},
	};
}

/** Workflows that came to be on the way, by their id in the source. */
function created(
	promotion: Promotion,
	resultOf: StepContext['resultOf'],
): Record<string, { id: string; name: string }> {
	return Object.fromEntries(
		promotion.plan.changes.flatMap((change) => {
			const id = resultOf(change.workflowKey, 'create')?.workflowId;
			return id ? [[change.sourceWorkflowId, { id, name: change.name }] as const] : [];
		}),
	);
}

async function record(
	ports: PromotionPorts,
	promotion: Promotion,
	change: PlannedChange,
	workflowId: string,
): Promise<void> {
	await ports.versions.bind({
		workflowKey: change.workflowKey,
		environment: promotion.to,
		workflowId,
	});
	const { mappings } = promotion.spec;
	await ports.promotions.saveMappings(
		promotion.from,
		promotion.to,
		{ credentials: mappings.credentials, workflows: withoutCreate(mappings.workflows) },
		promotion.createdBy,
	);
	const definitions = await definitionsOf(ports, promotion.to);
	await ports.keepVersion(
		{
			environment: promotion.to,
			message: `promoted from ${promotion.from} by promotion ${promotion.id}`,
			createdBy: promotion.createdBy,
		},
		await definitions.get(workflowId),
	);
}

/** `create` was for this once; from now on the binding says which workflow it is. */
function withoutCreate(workflows: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(workflows).filter(([, id]) => id !== 'create'));
}
