import { fail } from './conclude';
import type { DispatchPorts } from './dispatch-ports';
import type { ExecutionClaim } from './execution-store';

/** One whose deadline came while it was queued: it is a dead letter, and was never begun again. */
export async function giveUpOverdue(ports: DispatchPorts, claim: ExecutionClaim): Promise<void> {
	const { deadline, attempts } = claim.execution;
	const error = claim.execution.error ?? {
		node: null,
		name: 'DeadlinePassed',
		message: `Its deadline ${deadline?.toISOString() ?? ''} came while it was queued, after ${attempts} attempts.`,
		description: null,
		httpStatus: null,
	};
	await fail(ports, claim, { how: 'refused', lasting: true, error, detail: null, plan: null }, {});
}
