import type { WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import { rebind } from '../workflow-versions/rebind';
import { originOf, type WorkflowVersion } from '../workflow-versions/version';
import { noMappings, type Plan } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import { resolveReferences } from './resolve-references';
import { readTarget } from './target-state';

/**
 * A version with the ids of an environment in place of those of where it was taken, by what was mapped
 * for that route before.
 * @param change what is done to it before: a reference that goes needs no mapping
 * @throws replay_not_possible naming the reference that nothing stands for there
 */
export async function contentIn(
	ports: Pick<PromotionPorts, 'promotions' | 'versions' | 'engineOf'>,
	version: WorkflowVersion,
	environment: string,
	change = (content: WorkflowContent) => content,
): Promise<WorkflowContent> {
	if (version.environment === environment) return change(version.content);
	// Promoted there before: that is how it looks there.
	const form = await ports.versions.findIn(originOf(version).id, environment);
	if (form) return change(form.content);
	const content = change(version.content);
	const from = version.environment;
	const definitions = await definitionsOf(ports, environment);
	const target = await readTarget(definitions, await ports.versions.bindingsIn(environment));
	const mappings =
		from === null ? noMappings : await ports.promotions.savedMappings(from, environment);
	const workflows: Plan['workflows'] = {};
	for (const binding of from === null ? [] : await ports.versions.bindingsIn(from)) {
		const id = target.bindings.get(binding.workflowKey);
		const found = id === undefined ? undefined : target.workflows.get(id);
		if (found) workflows[binding.workflowId] = { id: found.id, name: found.content.name };
	}
	const resolved = resolveReferences({
		versions: [{ ...version, content }],
		releaseIds: new Set(),
		sameEnvironment: false,
		mappings,
		target,
		workflows,
	});
	const [blocker] = resolved.blockers;
	if (!blocker) return rebind(content, resolved);
	throw new OrchestrationError(
		'replay_not_possible',
		`Version ${version.id} was taken in ${from ?? 'no environment'} and cannot run in ${environment}: ${blocker.message}`,
		{ details: { versionId: version.id, blockers: resolved.blockers } },
	);
}
