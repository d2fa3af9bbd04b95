import type { Clock } from '../kernel/clock';
import { goBack } from './go-back';
import { goForward } from './go-forward';
import type { Hold } from './promotion-store';
import { assertWritten, type DrivePorts, type Run } from './run';

export const leaseMs = 20_000;

/**
 * Takes a promotion that is under way to its end: every step done, or every step undone. Another
 * process can go on at any point with what the journal says. Resolves when it is over, when another
 * process has it, when this one is to stop, or when an undo has to wait for the target to come back.
 */
export async function drive(ports: DrivePorts, id: string): Promise<void> {
	const lease = { owner: ports.owner, ttlMs: leaseMs };
	const hold = await ports.promotions.claim(id, lease);
	if (hold === null) return;
	const over = new AbortController();
	const renew = async () => await ports.promotions.renew(hold, lease);
	const heartbeat = renewUntil(over.signal, ports.clock, renew);
	try {
		const run = await openRun(ports, hold, renew);
		await goForward(ports, run);
		await goBack(ports, run);
	} finally {
		over.abort();
		await heartbeat;
		await ports.promotions.release(hold);
	}
}

async function openRun(ports: DrivePorts, hold: Hold, renew: () => Promise<boolean>): Promise<Run> {
	const promotion = await ports.promotions.find(hold.id);
	if (!promotion) throw new TypeError(`promotion ${hold.id} is gone`);
	return {
		promotion,
		steps: await ports.promotions.steps(hold.id),
		hold,
		assertHeld: async () => {
			assertWritten(await renew(), hold);
		},
	};
}

async function renewUntil(
	signal: AbortSignal,
	clock: Clock,
	renew: () => Promise<boolean>,
): Promise<void> {
	while (!signal.aborted) {
		await clock.sleep(leaseMs / 3, signal).catch(() => undefined);
		// A lost lease shows at the next write, which the fence refuses.
		if (!signal.aborted) await renew().catch(() => false);
	}
}
