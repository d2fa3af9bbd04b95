import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { Quota, QuotaPolicy } from './quota';
import type { QuotaStore } from './quota-store';

const unused: Quota['used'] = { due: 0, last: 0, uneven: 0, log: [] };

/** Units used before count against a new policy as well. */
export async function putQuota(
	quotas: QuotaStore,
	tenant: string,
	policy: QuotaPolicy,
): Promise<{ quota: Quota; created: boolean }> {
	return await quotas.decide(tenant, (row) => {
		const used = row?.used ?? unused;
		const quota = { policy, used: { ...used, uneven: Math.max(used.uneven, used.last) } };
		return { row: quota, answer: { quota, created: row === null } };
	});
}

/** @throws quota_not_found */
export async function findQuota(
	quotas: QuotaStore,
	tenant: string,
): Promise<{ quota: Quota; updatedAt: Date; now: number }> {
	const found = await quotas.find(tenant);
	if (found) return { quota: found.row, updatedAt: found.updatedAt, now: found.now };
	throw new OrchestrationError(
		'quota_not_found',
		`There is no quota for the tenant "${tenant}", so nothing holds it back but the limits ` +
			'themselves. Make one with PUT /api/v1/quotas/{tenant}.',
	);
}

/** What we know is asked for anew after this long. */
const knownForMs = 1_000;
/** More tenants are forgotten and asked for anew. */
const mostKnown = 10_000;

/** Looks quotas up without a query each time; a change is seen within a second. */
export function knownQuotas(
	quotas: Pick<QuotaStore, 'find'>,
	clock: Clock,
): (tenant: string) => Promise<Quota | null> {
	const known = new Map<string, { until: number; quota: Promise<Quota | null> }>();
	return async (tenant) => {
		const now = clock.now().getTime();
		const recent = known.get(tenant);
		if (recent && now < recent.until) return await recent.quota;
		if (known.size >= mostKnown) known.clear();
		const quota = quotas.find(tenant).then((found) => found?.row ?? null);
		known.set(tenant, { until: now + knownForMs, quota });
		try {
			return await quota;
		} catch (error) {
			known.delete(tenant);
			throw error;
		}
	};
}
