import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { ConcurrencyKey, ConcurrencyLease, LeaseClaim } from './concurrency';
import type { ConcurrencyStore, LeasesAnswer } from './concurrency-store';
import type { Quota } from './quota';

export interface ConcurrencyPorts {
	concurrency: ConcurrencyStore;
	/** May be a second behind. */
	quotaOf(tenant: string): Promise<Quota | null>;
	newId: NewId;
}

/** @throws invalid_request when more is asked for than can ever be held */
export async function acquireLeases(
	{ concurrency, quotaOf, newId }: ConcurrencyPorts,
	key: string,
	claim: Omit<LeaseClaim, 'tenantLimit'>,
): Promise<LeasesAnswer> {
	const { count, limit, tenant } = claim;
	const quota = tenant === null ? null : await quotaOf(tenant);
	const tenantLimit = quota?.policy.concurrent ?? null;
	const most = Math.min(limit, tenantLimit ?? limit);
	if (count > most) {
		throw new OrchestrationError(
			'invalid_request',
			`Expected count to be at most ${most}, which is all that can be held at once, got ${count}. ` +
				`Ask for fewer, or raise ${most === limit ? 'limit' : `the quota of the tenant ${tenant}`}.`,
			{ details: { count, limit: most } },
		);
	}
	const ids = Array.from({ length: count }, newId);
	return await concurrency.acquire(key, { ...claim, tenantLimit }, ids);
}

/** @throws concurrency_lease_lost */
export async function renewLease(
	{ concurrency }: ConcurrencyPorts,
	{ key, id, fence, ttlMs }: { key: string; id: string; fence: number; ttlMs: number },
): Promise<ConcurrencyLease> {
	const lease = await concurrency.renew(key, id, fence, ttlMs);
	if (lease) return lease;
	throw new OrchestrationError(
		'concurrency_lease_lost',
		`The lease ${id} of "${key}" with the fence ${fence} is over: it ran out, was given back, or ` +
			'the fence is not its own. Its place may be held by another; stop, or ask for a new lease.',
	);
}

/** @throws concurrency_key_not_found */
export async function findConcurrency(
	{ concurrency }: ConcurrencyPorts,
	key: string,
): Promise<ConcurrencyKey> {
	const found = await concurrency.find(key);
	if (found) return found;
	throw new OrchestrationError(
		'concurrency_key_not_found',
		`Nobody ever asked for a lease of "${key}". The first POST /api/v1/concurrency/{key}/leases ` +
			'makes it.',
	);
}
