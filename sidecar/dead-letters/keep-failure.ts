import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { Environment } from '../environments/environment';
import type { VersionStore } from '../workflow-versions/version-store';
import { acceptLetter, type AcceptPorts } from './accept-letter';
import { captureOf } from './capture';
import { completeLetter } from './complete-letter';
import { judgeFailure, type OwnRuns } from './judge-failure';

/** Makes a dead letter of a failed execution, with all that the engine still knows of it. */
export async function keepFailure(
	ports: AcceptPorts & OwnRuns & { versions: VersionStore },
	environment: Environment,
	engine: Engine,
	execution: ExecutionDetail,
): Promise<'done' | 'later'> {
	const judgement = await judgeFailure(engine, execution, ports);
	if (judgement.verdict === 'undecided') return 'later';
	if (judgement.verdict === 'covered') return 'done';
	const capture = await captureOf(ports.versions, environment.name, execution);
	const { letter, created } = await acceptLetter(ports, environment, {
		origin: 'follower',
		workflowId: execution.workflowId,
		workflowName: capture.workflowName,
		executionId: execution.id,
		retryOf: execution.retryOf,
		trigger: capture.trigger,
		failedInput: capture.failedInput,
		ran: capture.ran,
		versionId: capture.versionId,
		error: capture.error ?? {
			node: null,
			name: 'UnknownError',
			message: `The engine reports the execution as ${execution.status} and gives no error.`,
			description: null,
			httpStatus: null,
		},
	});
	// It was reported already, by an error workflow, which is told neither payload nor definition.
	if (!created && letter.executionId === execution.id) {
		await completeLetter(ports, environment, letter, capture, true);
	}
	return 'done';
}
