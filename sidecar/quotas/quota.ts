import type { Emission } from '../rate-limits/rate-limit';

export interface QuotaPolicy {
	/** Units in any window of `intervalMs`, over all rate limits. */
	limit: number;
	intervalMs: number;
	/** Leases held at once over all keys; null: no limit. */
	concurrent: number | null;
	/** Share of a contended limit against other tenants. */
	weight: number;
}

/** What a tenant may have, and what it had. */
export interface Quota {
	policy: QuotaPolicy;
	/** Units, counted when they are asked for. */
	used: Emission;
}
