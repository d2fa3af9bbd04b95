import { circuitPolicy } from '../circuits/circuit';
import { askPermits, reportOutcomes, type CircuitPorts } from '../circuits/use-circuits';
import type { AdmissionPorts } from '../executions/admission';
import { reserve } from '../rate-limits/use-rate-limits';
import type { Foundation } from './foundation';

/** Only a tenant's quota counts under this key: the limit itself holds nobody back. */
const quotaOnly = {
	key: 'orchestration/executions',
	policy: { limit: 1_000_000, intervalMs: 1_000, burst: 1_000_000 },
};

/** What says whether an attempt or a replay may go now, over all replicas. */
export function composeAdmission(
	foundation: Foundation,
	circuitPorts: CircuitPorts,
): AdmissionPorts {
	const { clock, quotaOf, stores } = foundation;
	const { rateLimits } = stores;
	return {
		clock,
		askPermit: async (key: string) =>
			await askPermits(circuitPorts, key, { count: 1, policy: circuitPolicy() }),
		report: async (key: string, went: 'well' | 'badly', probes: string[]) => {
			const outcomes = { successes: Number(went === 'well'), failures: Number(went !== 'well') };
			await reportOutcomes(circuitPorts, key, { ...outcomes, slow: 0 }, probes);
		},
		reserve: async (rateLimit: string | null, tenant: string | null, maxWaitMs: number) =>
			await reserve(
				{ rateLimits, quotaOf },
				rateLimit ?? quotaOnly.key,
				{ count: 1, weight: 1, tenant, maxWaitMs },
				rateLimit === null ? quotaOnly.policy : null,
			),
		hasQuota: async (tenant: string) => (await quotaOf(tenant)) !== null,
	};
}
