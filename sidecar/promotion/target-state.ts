import type {
	EngineApi,
	EngineCredential,
	EngineWorkflow,
	WorkflowDefinitions,
} from '../engines/engine';
import { fingerprint } from '../workflow-versions/fingerprint';
import type { SealedTarget } from './promotion';

/** What the plan needs to know of the environment it writes to. */
export interface TargetState {
	workflows: Map<string, EngineWorkflow>;
	credentials: EngineCredential[];
	api: EngineApi;
	/** Workflow key → id here. */
	bindings: Map<string, string>;
}

export async function readTarget(
	definitions: WorkflowDefinitions,
	bindings: Array<{ workflowKey: string; workflowId: string }>,
): Promise<TargetState> {
	const [workflows, credentials, api] = await Promise.all([
		definitions.listFull(),
		definitions.listCredentials(),
		definitions.describeApi(),
	]);
	return {
		workflows: new Map(workflows.map((workflow) => [workflow.id, workflow])),
		credentials,
		api,
		bindings: new Map(bindings.map(({ workflowKey, workflowId }) => [workflowKey, workflowId])),
	};
}

export function sealTarget(workflow: EngineWorkflow): SealedTarget {
	return {
		workflowId: workflow.id,
		name: workflow.content.name,
		draftVersionId: workflow.draftVersionId,
		liveVersionId: workflow.live?.versionId ?? null,
		digest: fingerprint(workflow.content).digest,
	};
}
