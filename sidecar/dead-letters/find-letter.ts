import { OrchestrationError } from '../kernel/errors';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { DeadLetter, LetterSummary } from './dead-letter';
import type { ReplayPorts } from './replay-ports';

/** @throws dead_letter_not_found */
export async function findLetter(
	ports: Pick<ReplayPorts, 'letters'>,
	id: string,
): Promise<DeadLetter> {
	const letter = await ports.letters.find(id);
	if (letter) return letter;
	throw new OrchestrationError(
		'dead_letter_not_found',
		`There is no dead letter ${id}. List them with GET /api/v1/dead-letters.`,
		{ details: { id } },
	);
}

/**
 * The named version, if it is one of the letter's workflow.
 * @throws version_not_found, replay_not_possible
 */
export async function findVersionFor(
	ports: Pick<ReplayPorts, 'versions'>,
	letter: DeadLetter,
	id: string,
): Promise<WorkflowVersion> {
	const version = await ports.versions.find(id);
	if (!version) {
		throw new OrchestrationError(
			'version_not_found',
			`There is no version ${id}. Choose \`live\`, \`failed\` or the id of a version of this workflow.`,
			{ details: { id } },
		);
	}
	if (version.workflowKey !== letter.workflowKey) {
		throw replayNotPossible(
			letter,
			`Version ${id} is of workflow ${version.workflowKey}, the letter of ${letter.workflowKey ?? letter.workflowId}. GET /api/v1/workflows/{key}/versions lists those of a workflow.`,
		);
	}
	return version;
}

export function replayNotPossible(letter: LetterSummary, message: string): OrchestrationError {
	return new OrchestrationError('replay_not_possible', message, { details: { id: letter.id } });
}
