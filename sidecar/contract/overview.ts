/** GET /overview: the last 24 hours of one environment, or of all. */
export interface Overview {
	at: string;
	environments: EnvironmentFigures[];
	/** 24 whole hours, the oldest first; the last is the current one. */
	course: Array<{ at: string; succeeded: number; failed: number }>;
	/** Dead letters waiting, scheduled or replaying, by class. */
	letters: Array<{
		errorClass: 'transient' | 'quota' | 'auth' | 'data' | 'bug' | 'unknown';
		count: number;
	}>;
	/** Workflows with the most failed runs. */
	failing: Array<{
		environment: string;
		workflowId: string;
		name: string | null;
		finished: number;
		failed: number;
	}>;
	/** Keys. */
	openCircuits: string[];
	/** Promotions that wait for an approval. */
	waitingPromotions: number;
	/** As in GET /conservation, of the whole fleet; empty for who may see one environment only. */
	ledgers: Array<{
		ledger: 'events' | 'deliveries' | 'executions' | 'dead_letters';
		accepted: number;
		completed: number;
		deadLettered: number;
		discarded: number;
		inFlight: number;
		/** Accepted work that is none of these. 0 while the law holds. */
		imbalance: number;
	}>;
}

export interface EnvironmentFigures {
	name: string;
	stage: number;
	/** When what it ran was last read; null: not yet. */
	seenAt: string | null;
	succeeded: number;
	failed: number;
	queued: number;
	running: number;
	letters: number;
	/** Findings that nobody accepted. */
	drift: number;
	driftError: string | null;
	/** Workflows taken out of service. */
	paused: number;
}

/** GET /overview/workflows: one workflow, side by side in its environments. */
export interface WorkflowAcross {
	workflowKey: string;
	name: string;
	latestVersion: number;
	environments: Array<{
		environment: string;
		workflowId: string;
		/** What was last promoted into it, or adopted there; null: nothing was. */
		expected: { versionId: string; number: number | null; source: string; at: string } | null;
		/** Number of the newest version that was taken there. */
		newest: number | null;
		paused: boolean;
		/** Kinds of drift that nobody accepted. */
		drift: string[];
		/** Of the last 24 hours. */
		succeeded: number;
		failed: number;
	}>;
}
