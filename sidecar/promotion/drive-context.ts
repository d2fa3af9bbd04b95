import type { EngineApi } from '../engines/port/definitions';
import { desiredContent } from './desired-content';
import { heldDefinitions } from './held-definitions';
import { resultOf } from './journal';
import type { Plan, PlannedChange, Promotion, Step } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import type { Run } from './run';
import type { PromotionContext } from './steps/step-context';

/** What the steps of one promotion work with. */
export async function contextOf(
	ports: PromotionPorts,
	promotion: Promotion,
	{ steps, assertHeld }: Pick<Run, 'steps' | 'assertHeld'>,
): Promise<PromotionContext> {
	const definitions = heldDefinitions(await definitionsOf(ports, promotion.to), assertHeld);
	let known: EngineApi | null = null;
	const api = async () => (known ??= await definitions.describeApi());
	const contentOf: PromotionContext['contentOf'] = async (versionId) => {
		const version = await ports.versions.find(versionId);
		if (!version) throw new TypeError(`version ${versionId} is gone`);
		return version.content;
	};
	const bindingOf = ({ workflowKey }: PlannedChange, workflowId: string) => ({
		workflowKey,
		environment: promotion.to,
		workflowId,
	});
	return {
		promotion,
		definitions,
		seenLive: new Map(),
		clock: ports.clock,
		stepOf: (workflowKey, action) =>
			steps.find((step) => step.workflowKey === workflowKey && step.action === action) ?? null,
		contentOf,
		settingsReset: async () => (await api()).settingsReset,
		desiredOf: async (change, target) => {
			const { credentials, workflows, dataTables = {}, owned } = promotion.plan;
			// What is created by this very promotion has nothing of its own yet.
			const kept = change.action === 'create' ? null : owned;
			const known = { ...workflows, ...created(promotion, steps) };
			const bound = { credentials, workflows: known, dataTables };
			return desiredContent(await contentOf(change.versionId), bound, target, await api(), kept);
		},
		keep: async ({ workflowKey }, workflow, originId) => {
			const { id, from, to: environment, createdBy } = promotion;
			const message = `promoted from ${from} by promotion ${id}`;
			const request = {
				environment,
				workflowKey,
				message,
				createdBy,
				...(originId === undefined ? {} : { originId }),
			};
			return (await ports.keepVersion(request, workflow)).id;
		},
		bindNew: async (change, workflowId) => {
			await ports.versions.bindFree(bindingOf(change, workflowId));
		},
		unbindNew: async (change, workflowId) => {
			await ports.versions.unbind(bindingOf(change, workflowId));
		},
	};
}

/** Workflows that came to be on the way, by their id in the source. */
function created(promotion: Promotion, steps: Step[]): Plan['workflows'] {
	return Object.fromEntries(
		promotion.plan.changes.flatMap((change) => {
			const id = resultOf(steps, change.workflowKey, 'create')?.workflowId;
			return id ? [[change.sourceWorkflowId, { id, name: change.name }] as const] : [];
		}),
	);
}
