import type { ExecutionDetail } from '../engines/port/execution';
import type { VersionStore } from '../workflow-versions/version-store';
import type { Capture, LetterError } from './dead-letter';
import { timedOut } from './interrupted';
import { versionOfLetter } from './version-of-letter';

/** Characters of an error text. Some services answer with a whole page. */
const longestText = 20_000;

/** What a letter keeps of a failed execution. */
export async function captureOf(
	versions: VersionStore,
	environment: string,
	execution: ExecutionDetail,
): Promise<Capture> {
	const { failure, ran, workflowId } = execution;
	return {
		workflowName: execution.workflowName,
		error: failure === null ? timedOut(execution) : errorOf(failure),
		trigger: execution.trigger,
		failedInput: failure?.input ?? [],
		ran,
		versionId: await versionOfLetter(versions, environment, workflowId, ran),
	};
}

function errorOf(failure: LetterError): LetterError {
	return {
		node: failure.node,
		name: failure.name,
		message: failure.message.slice(0, longestText),
		description: failure.description?.slice(0, longestText) ?? null,
		httpStatus: failure.httpStatus,
	};
}
