import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import { findReferences } from '../workflow-versions/references';

/** Ways of using a workflow that break when it is gone. */
const breaking: readonly string[] = ['call', 'tool', 'retriever', 'error'];

/** Workflows whose live version, or whose settings, name this one. */
export function liveCallers(workflows: Iterable<EngineWorkflow>, id: string): EngineWorkflow[] {
	return [...workflows].filter(({ id: other, live, content }) => {
		if (other === id || !live) return false;
		return findReferences({ ...content, ...live.graph }).some(
			(reference) =>
				reference.kind === 'workflow' &&
				reference.id === id &&
				!reference.disabled &&
				breaking.includes(reference.use),
		);
	});
}

/** n8n lets go of a workflow that others call, and those fail from then on. @throws workflow_in_use */
export async function assertNotCalled(
	definitions: WorkflowDefinitions,
	{ id, content }: EngineWorkflow,
): Promise<void> {
	const callers = liveCallers(await definitions.listFull(), id);
	if (callers.length === 0) return;
	const names = callers.map((caller) => `"${caller.content.name}" (${caller.id})`).join(', ');
	throw new OrchestrationError(
		'workflow_in_use',
		`Workflow "${content.name}" (${id}) is called by live workflows, which would fail without it: ${names}. Take those out of service first, or send {"force": true}.`,
		{ details: { workflowId: id, callers: callers.map((caller) => caller.id) } },
	);
}
