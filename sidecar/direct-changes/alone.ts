import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { DirectPorts } from './direct-ports';

/** Leases by name; a held one runs out by itself when its process dies. */
export interface NamedLeases {
	acquire(name: string, owner: string, ttlMs: number): Promise<{ fence: number } | null>;
	renew(name: string, owner: string, fence: number, ttlMs: number): Promise<boolean>;
	release(name: string, owner: string, fence: number): Promise<void>;
}

/** How long a workflow stays taken after its process has died, in milliseconds. */
export const leaseMs = 20_000;

export function aloneByLease(ports: {
	leases: NamedLeases;
	clock: Clock;
	newId: NewId;
}): DirectPorts['alone'] {
	const { leases, clock, newId } = ports;
	return async (environment, workflowId, work) => {
		const name = `workflow:${environment}:${workflowId}`;
		const owner = newId();
		const lease = await leases.acquire(name, owner, leaseMs);
		if (!lease) throw busy(environment, workflowId);
		const over = new AbortController();
		const heartbeat = renewUntil(over.signal, clock, async () => {
			await leases.renew(name, owner, lease.fence, leaseMs);
		});
		try {
			return await work();
		} finally {
			over.abort();
			await heartbeat;
			await leases.release(name, owner, lease.fence);
		}
	};
}

async function renewUntil(
	signal: AbortSignal,
	clock: Clock,
	renew: () => Promise<void>,
): Promise<void> {
	while (!signal.aborted) {
		await clock.sleep(leaseMs / 3, signal).catch(() => undefined);
		// A missed renewal is made up by the next one.
		if (!signal.aborted) await renew().catch(() => undefined);
	}
}

function busy(environment: string, workflowId: string): OrchestrationError {
	return new OrchestrationError(
		'workflow_busy',
		`Somebody else is changing workflow ${workflowId} of ${environment} right now. Read it again when they are done.`,
		{ details: { workflowId, retryAfterMs: 1_000 } },
	);
}
