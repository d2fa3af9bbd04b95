import type { Permits } from '../circuits/decide';
import type { Clock } from '../kernel/clock';
import type { Reserved } from '../rate-limits/reserve';
import type { Admission } from './dispatch-ports';
import type { Policy } from './execution';

export interface AdmissionPorts {
	clock: Clock;
	askPermit(circuit: string): Promise<Permits>;
	report(circuit: string, went: 'well' | 'badly', probes: string[]): Promise<void>;
	/** Null as key: only the quota of the tenant counts. */
	reserve(rateLimit: string | null, tenant: string | null, maxWaitMs: number): Promise<Reserved>;
	hasQuota(tenant: string): Promise<boolean>;
}

/** A time this close is waited for; a later one gives the place to others. */
const shortWaitMs = 200;
/** Asked again after this long when nobody can say when. */
const askAgainMs = 1_000;

/** First the circuit, so that no time is reserved for what may not go. @throws rate_limit_not_found */
export async function admit(
	ports: AdmissionPorts,
	execution: { tenant: string | null; policy: Pick<Policy, 'circuit' | 'rateLimit'> | null },
): Promise<Admission> {
	const { clock } = ports;
	const { circuit = null, rateLimit = null } = execution.policy ?? {};
	const permit = circuit === null ? null : await ports.askPermit(circuit);
	if (permit && permit.granted === 0) {
		return { go: false, at: new Date(permit.retryAt ?? clock.now().getTime() + askAgainMs) };
	}
	const { tenant } = execution;
	if (rateLimit !== null || (tenant !== null && (await ports.hasQuota(tenant)))) {
		const reserved = await ports.reserve(rateLimit, tenant, shortWaitMs);
		if (!reserved.granted) return { go: false, at: new Date(reserved.retryAt) };
		const wait = (reserved.at[0] ?? 0) - reserved.now;
		if (wait > 0) await clock.sleep(wait);
	}
	return {
		go: true,
		report: async (went) => {
			// A half-open circuit waits for its probe, so it is told of one that told nothing, too.
			if (circuit === null || (went === null && !permit?.probes.length)) return;
			await ports.report(circuit, went ?? 'badly', permit?.probes ?? []);
		},
	};
}
