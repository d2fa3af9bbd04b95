export type DriftKind =
	| 'deleted'
	| 'archived'
	| 'unpublished'
	| 'published'
	| 'live'
	| 'credentials'
	| 'credential-gone'
	| 'settings'
	| 'draft'
	| 'name'
	| 'description'
	| 'tags'
	| 'look';

/** One difference between what an environment has and what was last promoted or adopted. */
export interface DriftFinding {
	id: string;
	workflowKey: string;
	workflowId: string;
	name: string;
	kind: DriftKind;
	/** behaviour: it does something else, or would with the next publishing. */
	weight: 'behaviour' | 'appearance';
	/** Node by node, secrets masked. */
	diff: string;
	/** First seen. */
	since: string;
	/** Who, where n8n's history knows. */
	author: string | null;
	authoredAt: string | null;
	accepted: { until: string; reason: string; by: string } | null;
}

/** GET /environments/{env}/drift */
export interface DriftReport {
	environment: string;
	/** True when there is no finding that nobody has accepted. */
	inSync: boolean;
	scannedAt: string | null;
	/** Why the scan before failed, where it did. */
	lastError: string | null;
	nextScanAt: string | null;
	/** A promotion is writing: what was found before is shown. */
	waitingFor: string | null;
	/** Workflows looked at. */
	workflows: number;
	data: DriftFinding[];
	nextCursor: string | null;
	/** Live, and never promoted or adopted. */
	unmanaged: Array<{ id: string; name: string }>;
}

/** GET/PUT /environments/{env}/drift/rule */
export interface DriftRule {
	/** Five cron fields in UTC, or `off`. */
	schedule: string;
	/** Kinds that belong to the environment and are no drift there. */
	ignored: DriftKind[];
}
