import { writeStep } from './conclude';
import type { DispatchPorts } from './dispatch-ports';
import type { ExecutionClaim, Failure, Learnt } from './execution-store';

/** Writes down that it is not over, and when to ask for it next. */
export async function lookAgain(
	ports: DispatchPorts,
	claim: ExecutionClaim,
	status: ExecutionClaim['execution']['status'],
	ms: number,
	learnt: Learnt = {},
	failure?: Failure,
): Promise<void> {
	const lookAt = new Date(ports.clock.now().getTime() + ms);
	const goesOn = status === 'waiting' || status === 'running' ? status : 'in-doubt';
	await writeStep(
		ports,
		claim,
		{ to: 'followed', status: goesOn, lookAt, ...(failure ? { failure } : {}) },
		learnt,
	);
}
