import type { Engine, ExecutionDetail } from '../engines/engine';
import type { Environment } from '../environments/environment';
import { acceptLetter, type AcceptPorts } from './accept-letter';
import { captureOf } from './capture';
import { judgeFailure } from './judge-failure';

/** Makes a dead letter of a failed execution, with all that the engine still knows of it. */
export async function keepFailure(
	ports: AcceptPorts,
	environment: Environment,
	engine: Engine,
	execution: ExecutionDetail,
): Promise<'done' | 'later'> {
	const judgement = await judgeFailure(engine, execution);
	if (judgement.verdict === 'undecided') return 'later';
	if (judgement.verdict === 'covered') return 'done';
	const capture = captureOf(execution);
	const { letter } = await acceptLetter(ports, environment, {
		origin: 'follower',
		workflowId: execution.workflowId,
		workflowName: capture.workflowName,
		executionId: execution.id,
		retryOf: execution.retryOf,
		trigger: capture.trigger,
		failedInput: capture.failedInput,
		error: capture.error ?? {
			node: null,
			name: 'UnknownError',
			message: `n8n reports the execution as ${execution.status} and gives no error.`,
			description: null,
			httpStatus: null,
		},
	});
	await ports.letters.fill(letter.id, capture, letter.errorClass, ports.clock.now());
	return 'done';
}
