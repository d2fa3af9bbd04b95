import { findReferences } from '../workflow-versions/references';
import type { ReferenceOf } from '../workflow-versions/reference';
import type { WorkflowVersion } from '../workflow-versions/version';
import { own } from './own';
import type { Finding, Plan } from './promotion';
import type { TargetState } from './target-state';

/** Ids a workflow calls in a way that n8n looks at when it is published. */
export function checkedCalls(version: WorkflowVersion): string[] {
	return workflowsNamed(version)
		.filter(({ use }) => use === 'call')
		.map(({ id }) => id);
}

/**
 * What a workflow to be published needs of workflows outside the release: n8n publishes nothing that calls an
 * unpublished workflow, and never runs an unpublished error workflow.
 */
export function unpublishedCallees(
	version: WorkflowVersion,
	releaseIds: Set<string>,
	workflows: Plan['workflows'],
	target: TargetState,
): { blockers: Finding[]; warnings: Finding[] } {
	const findings = { blockers: [] as Finding[], warnings: [] as Finding[] };
	for (const { id, use, place } of workflowsNamed(version)) {
		const callee = target.workflows.get(own(workflows, id)?.id ?? id);
		if (releaseIds.has(id) || callee?.live) continue;
		const at = { workflowKey: version.workflowKey, place };
		// One that is not there at all is told as a reference.
		const name = callee ? `"${callee.content.name}" (${callee.id})` : `Workflow ${id}`;
		if (use === 'call' && callee) {
			findings.blockers.push({
				code: 'called_workflow_unpublished',
				message: `${name} is called here and is not published in the target, so n8n would refuse to publish this. Publish it, or promote it along.`,
				...at,
			});
		}
		if (use === 'error' && callee) {
			findings.warnings.push({
				code: 'error_workflow_unpublished',
				message: `The error workflow ${name} is not published in the target, so n8n will not run it. Publish it, or promote it along.`,
				...at,
			});
		}
	}
	return findings;
}

/** n8n does not look into workflows that a node carries as JSON, nor at disabled nodes. */
function workflowsNamed(version: WorkflowVersion): Array<ReferenceOf<'workflow'>> {
	return findReferences(version.content).filter(
		(reference): reference is ReferenceOf<'workflow'> =>
			reference.kind === 'workflow' &&
			!reference.disabled &&
			!reference.place.includes('.workflowJson.'),
	);
}
