import { type IExecuteFunctions, NodeApiError, sleep } from 'n8n-workflow';

import type { LeaseRenewal } from '../../sidecar/contract/rate-limits';
import type { Sidecar } from '../shared/sidecar-client';
import { LONGEST_TIMER_MS } from '../shared/waiting';
import { heldLeases } from './held-leases';

export interface Renewal {
	/** No more renewals; the leases are left as they are. */
	stop(): void;
}

interface HeldLease {
	id: string;
	fence: number;
}

/**
 * Renews leases each third of their time, while this execution runs here or waits. n8n does not tell
 * us the end of a run that was resumed after a wait: once it is seen to go on, the leases are left to
 * Release Lease and their time to live.
 */
export function renewWhileHeld(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	key: string,
	leases: HeldLease[],
	ttlMs: number,
): Renewal {
	let stopped = false;
	let left = leases;
	let waited = false;

	const pause = async (): Promise<void> => {
		const until = performance.now() + ttlMs / 3;
		for (let more = ttlMs / 3; more > 0 && !stopped; more = until - performance.now()) {
			await sleep(Math.min(more, LONGEST_TIMER_MS));
		}
	};
	const goesOnElsewhere = async (): Promise<boolean> => {
		let waits = false;
		try {
			const record = await context.getExecutionDataById(context.getExecutionId());
			waits = record?.waitTill !== undefined && record.waitTill !== null;
		} catch {
			// Not to be had now: before a wait it runs here, after one it is not known to wait.
		}
		waited ||= waits;
		return waited && !waits;
	};
	const renew = async ({ id, fence }: HeldLease): Promise<boolean> => {
		const path = `/concurrency/${encodeURIComponent(key)}/leases/${encodeURIComponent(id)}`;
		const body: LeaseRenewal = { fence, ttlMs };
		try {
			await sidecar.request({ method: 'PATCH', path, body });
			return true;
		} catch (error) {
			// Away: asked again the next time.
			if (!(error instanceof NodeApiError) || Number(error.httpCode) >= 500) return true;
			context.logger.warn(`The lease ${id} of ${key} is lost: ${error.message}`);
			return false;
		}
	};
	const run = async (): Promise<void> => {
		for (;;) {
			await pause();
			if (stopped || (await goesOnElsewhere())) return;
			const held = heldLeases(context).of(key);
			const renewed: HeldLease[] = [];
			for (const lease of left.filter(({ id }) => held.includes(id))) {
				if (await renew(lease)) renewed.push(lease);
			}
			left = renewed;
			if (left.length === 0) return;
		}
	};
	run().catch((error: unknown) => {
		context.logger.warn(`Leases of ${key} are not renewed any more: ${(error as Error).message}`);
	});
	return {
		stop: () => {
			stopped = true;
		},
	};
}
