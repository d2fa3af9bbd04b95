import type { NewTraceparent } from '../kernel/traceparent';
import { leaseMs } from './dispatch-ports';
import type { Accepted, ExecutionClaim, ExecutionRequest, ExecutionStore } from './execution-store';

export interface StartPorts {
	/** Names this process in leases. */
	owner: string;
	newTraceparent: NewTraceparent;
	/** Keeps a place among the calls of an environment; false: there is none now. */
	takePlace(environment: string): boolean;
	givePlaceBack(environment: string): void;
	/** Sends what was claimed, in the place that was taken. */
	send(claim: ExecutionClaim): void;
}

/**
 * Writes work down as accepted and taken in one statement where it need not queue: the way of one
 * execution then has one commit before it is sent, and one after.
 */
export async function startAtOnce(
	executions: Pick<ExecutionStore, 'accept'>,
	ports: StartPorts,
	prepared: ExecutionRequest[],
	isAwaited: (at: number) => boolean,
): Promise<Accepted[]> {
	const { owner, newTraceparent } = ports;
	const traces = new Map<string, string>();
	const places = new Map<string, string>();
	const candidates = prepared
		.filter((request, at) => isAwaited(at) && needsNoTurn(request))
		.sort((one, other) => other.priority - one.priority);
	for (const { id, environment } of candidates) {
		if (!ports.takePlace(environment)) continue;
		traces.set(id, newTraceparent());
		places.set(id, environment);
	}
	try {
		const accepted = await executions.accept(prepared, { owner, ttlMs: leaseMs, traces });
		for (const { execution, claim } of accepted) {
			if (!claim) continue;
			places.delete(execution.id);
			ports.send(claim);
		}
		return accepted;
	} finally {
		for (const environment of places.values()) ports.givePlaceBack(environment);
	}
}

/** Limits that are counted over the fleet are counted by who claims in turns. */
function needsNoTurn({ group, policy, dueAt }: ExecutionRequest): boolean {
	return group === null && dueAt === null && (policy?.concurrency ?? null) === null;
}
