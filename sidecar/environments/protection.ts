import type { Environment } from './environment';

/** Token names, or roles; who fits either is meant. */
export interface Who {
	names: string[];
	roles: Array<'operator' | 'admin' | 'node'>;
}

/** A time in which nothing is promoted. */
export type Freeze = { name: string; timezone: string } & (
	| {
			/** Wall clock of the time zone, `YYYY-MM-DDTHH:mm`. */
			from: string;
			/** The first minute that is free again. */
			until: string;
	  }
	| {
			/** Five fields, as node-cron takes them: when it begins. */
			cron: string;
			/** 1 to 10 080 (seven days). */
			durationMinutes: number;
	  }
);

/** How the watch after a promotion judges; see promotion/sequential-test.ts. */
export interface WatchRules {
	/** Chance of a false alarm over the whole soak, all workflows together. */
	alpha: number;
	/** Chance to call a change of the stated size healthy. */
	beta: number;
	/** A failure rate of this many times the old one is a regression. */
	failureFactor: number;
	/** A run is slow when it takes this many times what four of five took before. */
	durationFactor: number;
}

/** What belongs to the environment and not to what is promoted into it. */
export interface Ownership {
	/** Rules of Schedule Triggers. */
	schedules: boolean;
	/** Names of workflow settings. */
	settings: string[];
	/** Parameters by the name of the node and the path below `parameters`; `*` is any node. */
	parameters: Array<{ node: string; path: string }>;
}

export interface ProtectionRules {
	/** Who may apply; null: whoever may ask. */
	promoters: Who | null;
	approvals: number;
	/** Whose approval counts; null: any operator's or admin's. */
	approvers: Who | null;
	authorMayApprove: boolean;
	freezes: Freeze[];
	/** What is promoted has to have succeeded there, and its soak to be over. */
	verifiedIn: { environments: string[]; mode: 'any' | 'all' } | null;
	/** How long what was promoted here is watched; 0: not at all. */
	soakSeconds: number;
	rollBackOnRegression: boolean;
	/** What succeeds and soaks in one of these comes here by itself. */
	autoPromoteFrom: string[];
	/** ISO time since when it does; what succeeded before stays where it is. */
	autoPromoteSince: string | null;
	watch: WatchRules;
	owned: Ownership;
}

export const defaultProtection: ProtectionRules = {
	promoters: null,
	approvals: 0,
	approvers: null,
	authorMayApprove: false,
	freezes: [],
	verifiedIn: null,
	soakSeconds: 0,
	rollBackOnRegression: false,
	autoPromoteFrom: [],
	autoPromoteSince: null,
	watch: { alpha: 0.01, beta: 0.05, failureFactor: 2, durationFactor: 1.5 },
	owned: { schedules: false, settings: [], parameters: [] },
};

/** Null: it is not protected. */
export function protectionOf({
	protected: isProtected,
	protection,
}: Pick<Environment, 'protected' | 'protection'>): ProtectionRules | null {
	if (!isProtected) return null;
	return { ...defaultProtection, ...protection };
}

export function fits(who: Who | null, actor: { name: string; role: string }): boolean {
	if (who === null) return true;
	return who.names.includes(actor.name) || who.roles.some((role) => role === actor.role);
}
