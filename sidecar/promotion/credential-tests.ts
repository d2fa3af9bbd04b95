import type { WorkflowDefinitions } from '../engines/port/definitions';
import { isOrchestrationError } from '../kernel/errors';
import { inTurns } from '../kernel/in-turns';
import type { Finding, Plan } from './promotion';

/**
 * Tries the credentials of the target that a plan binds to. What fails is told and does not block: the
 * service behind it may be away for a moment, and a test may need rights that the work does not.
 */
export async function credentialWarnings(
	definitions: Pick<WorkflowDefinitions, 'testCredential'>,
	{ credentials }: Pick<Plan, 'credentials'>,
): Promise<Finding[]> {
	const distinct = new Map(Object.values(credentials).map((each) => [each.id, each.name]));
	const findings = await inTurns([...distinct], async ([id, name]) => {
		const problem = await problemOf(definitions, id);
		if (problem === null) return [];
		return [
			{
				code: 'credential_test_failed',
				message: `Credential "${name}" (${id}) of the target does not pass n8n's own test: ${problem}. What uses it may fail, and a trigger may not start.`,
				workflowKey: null,
				place: null,
			},
		];
	});
	return findings.flat();
}

async function problemOf(
	definitions: Pick<WorkflowDefinitions, 'testCredential'>,
	id: string,
): Promise<string | null> {
	try {
		const tested = await definitions.testCredential(id);
		return tested.result === 'failed' ? tested.message : null;
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		return `it could not be tested (${error.message})`;
	}
}
