import type { EngineWorkflow, WorkflowGraph } from '../engines/port/workflow';
import { takenAddresses } from '../workflow-versions/webhooks';
import type { Finding } from './promotion';

/** A graph that will be live after the promotion. */
export interface ToBeLive {
	workflowKey: string;
	name: string;
	/** Id in the target; null for a new one. */
	targetId: string | null;
	graph: WorkflowGraph;
}

/** Addresses that another workflow of the target answers, now or after the same promotion. */
export function webhookClashes(target: Iterable<EngineWorkflow>, toBeLive: ToBeLive[]): Finding[] {
	const takenNow = [...target].flatMap((workflow) =>
		workflow.live
			? takenAddresses(workflow.live.graph).map((address) => ({
					...address,
					by: `"${workflow.content.name}" (${workflow.id})`,
					id: workflow.id,
				}))
			: [],
	);
	return toBeLive.flatMap((own, index) => {
		const takenBefore = toBeLive.slice(0, index).flatMap(({ name, graph }) =>
			takenAddresses(graph).map((address) => ({
				...address,
				by: `"${name}", which is promoted along with it,`,
				id: null,
			})),
		);
		return takenAddresses(own.graph).flatMap(({ method, path }) =>
			[...takenNow, ...takenBefore]
				.filter((taken) => taken.method === method && taken.path === path)
				.filter((taken) => taken.id === null || taken.id !== own.targetId)
				.map(({ by }) => ({
					code: 'webhook_path_taken',
					message: `Webhook ${method} ${path} is answered by ${by} in the target. Change the path, or unpublish that workflow.`,
					workflowKey: own.workflowKey,
					place: null,
				})),
		);
	});
}
