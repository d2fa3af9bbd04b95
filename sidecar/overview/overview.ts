import type { LedgerSum } from '../conservation/ledger';
import type { ErrorClass } from '../dead-letters/dead-letter';

/** Hours of the course, the current one included. */
export const courseHours = 24;

export interface HourFigures {
	/** Its beginning. */
	at: Date;
	succeeded: number;
	failed: number;
}

export interface EnvironmentFigures {
	name: string;
	stage: number;
	/** When what it ran was last read; null: not yet. */
	seenAt: Date | null;
	/** Of the last 24 hours. */
	succeeded: number;
	failed: number;
	/** Not over. */
	queued: number;
	running: number;
	/** Letters waiting, scheduled or replaying. */
	letters: number;
	/** Findings that nobody accepted. */
	drift: number;
	/** Why the last look for drift failed. */
	driftError: string | null;
	paused: number;
}

export interface FailingWorkflow {
	environment: string;
	workflowId: string;
	name: string | null;
	finished: number;
	failed: number;
}

export interface Overview {
	at: Date;
	environments: EnvironmentFigures[];
	course: HourFigures[];
	letters: Array<{ errorClass: ErrorClass; count: number }>;
	failing: FailingWorkflow[];
	openCircuits: string[];
	waitingPromotions: number;
	/** Of the whole fleet; empty for who may see one environment only. */
	ledgers: Array<LedgerSum & { imbalance: number }>;
}

/** One workflow in one environment. */
export interface WorkflowInEnvironment {
	environment: string;
	workflowId: string;
	/** What was last promoted or adopted; null: nothing was. */
	expected: { versionId: string; number: number | null; source: string; at: Date } | null;
	/** Number of the newest version that was taken there. */
	newest: number | null;
	paused: boolean;
	/** Kinds of drift that nobody accepted. */
	drift: string[];
	succeeded: number;
	failed: number;
}

export interface WorkflowAcross {
	workflowKey: string;
	name: string;
	latestVersion: number;
	environments: WorkflowInEnvironment[];
}

/** Only workflows with such a place; null: all. */
export const shownStates = ['drifted', 'paused'] as const;
export type Shown = (typeof shownStates)[number];

/** Null as environment: all of them. */
export interface OverviewStore {
	environments(since: Date, environment: string | null): Promise<EnvironmentFigures[]>;
	course(since: Date, environment: string | null): Promise<HourFigures[]>;
	openLetters(environment: string | null): Promise<Overview['letters']>;
	failing(since: Date, environment: string | null, limit: number): Promise<FailingWorkflow[]>;
	waitingPromotions(environment: string | null): Promise<number>;
	workflows(
		since: Date,
		environment: string | null,
		page: {
			limit: number;
			after: string | null;
			search: string | null;
			show: Shown | null;
			/** Its key. */
			workflow: string | null;
		},
	): Promise<WorkflowAcross[]>;
}
