import { findSecrets } from '../workflow-versions/secret-scan';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { Finding } from './promotion';

/** Secrets that would leave the source in the text of a workflow: the place is told, the value never. */
export function secretFindings(
	{ content, workflowKey }: Pick<WorkflowVersion, 'content' | 'workflowKey'>,
	literals: ReadonlySet<string>,
): Finding[] {
	return findSecrets(content).flatMap(({ kind, place, fingerprint }) => {
		const mark = secretMark(fingerprint);
		if (literals.has(mark)) return [];
		return [
			{
				code: 'secret_in_workflow',
				message: `What looks like a secret (${kind}) stands in the workflow at ${place}, and would be written to the target. Put it into a credential; if it is none, declare it: mappings.literals += "${mark}".`,
				workflowKey,
				place,
				mapping: { of: 'literals', key: mark },
			},
		];
	});
}

/** How a value is declared to be no secret: it holds for this value at this place. */
export function secretMark(fingerprint: string): string {
	return `not-a-secret:${fingerprint}`;
}
