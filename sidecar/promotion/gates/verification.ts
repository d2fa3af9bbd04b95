import type { ReleaseEntry } from '../../workflow-versions/version';
import type { PlannedChange } from '../promotion';
import type { WatchStatus } from '../watch/watch';

/** One workflow of a promotion that has succeeded in an environment and was not undone. */
export interface Arrival {
	promotionId: string;
	workflowKey: string;
	/** As it was promoted. */
	versionId: string;
	/** As it was kept in the environment afterwards; null when nothing had to be done. */
	kept: string | null;
	action: PlannedChange['action'];
	at: Date;
	watch: WatchStatus | null;
}

export interface Verification {
	environment: string;
	state: 'verified' | 'missing' | 'soaking' | 'regressed';
	/** Names of workflows that are not there in this version. */
	missing: string[];
	/** Soaking: when it is over. */
	until: Date | null;
}

/**
 * Whether an environment runs just these versions, by promotion, and has done so for its soak.
 * @param arrivals newest first
 */
export function verificationOf(
	environment: { name: string; soakSeconds: number },
	entries: ReadonlyArray<Pick<ReleaseEntry, 'workflowKey' | 'versionId' | 'name'>>,
	arrivals: readonly Arrival[],
	now: Date,
): Verification {
	const found = entries.map((entry) => ({ entry, arrival: arrivalOf(entry, arrivals) }));
	const missing = found.flatMap(({ entry, arrival }) => (arrival ? [] : [entry.name]));
	const result = { environment: environment.name, missing, until: null };
	if (missing.length > 0) return { ...result, state: 'missing' };
	const arrived = found.flatMap(({ arrival }) => arrival ?? []);
	if (arrived.some(({ watch }) => watch === 'regressed')) return { ...result, state: 'regressed' };
	const latest = Math.max(...arrived.map(({ at }) => at.getTime()));
	const until = new Date(latest + environment.soakSeconds * 1000);
	return now < until ? { ...result, state: 'soaking', until } : { ...result, state: 'verified' };
}

/** How the version came to be what the environment has now; null when it has something else. */
function arrivalOf(
	{ workflowKey, versionId }: Pick<ReleaseEntry, 'workflowKey' | 'versionId'>,
	arrivals: readonly Arrival[],
): Arrival | null {
	const own = arrivals.filter((arrival) => arrival.workflowKey === workflowKey);
	const last = own.findIndex(({ action }) => action !== 'none');
	const current = own[last];
	if (!current || current.action === 'unpublish') return null;
	const isIt = current.versionId === versionId || current.kept === versionId;
	// Found equal later on, or it is back after a roll-back: then what was kept is the same.
	const equal = own.some(
		(other, index) =>
			other.versionId === versionId &&
			(index < last || (other.kept !== null && other.kept === current.kept)),
	);
	return isIt || equal ? current : null;
}
