import type { Drift, DriftKind } from './drift';
import type { RememberedPrints } from './prints';

/** What a workflow of an environment is expected to be. */
export interface Expectation {
	environment: string;
	workflowKey: string;
	workflowId: string;
	/** Our versions. */
	draft: string;
	/** Null: not published. */
	live: string | null;
	tags: Array<{ id: string; name: string }>;
	/** Ids of credentials that it used and that were there. */
	credentials: string[];
	prints: RememberedPrints;
	source: 'promotion' | 'adopted';
	promotionId: string | null;
	expectedBy: string;
	expectedAt: Date;
}

/** A workflow as a promotion has left it, newer than what is expected of it. */
export interface PromotedWorkflow {
	workflowKey: string;
	workflowId: string;
	/** Our version of what it was left as; null: the promotion found nothing to do. */
	kept: string | null;
	/** Our version of what it published; null: it published nothing. */
	published: string | null;
	/** It was taken out of service, or was not live and stayed so. */
	notLive: boolean;
	/** Our version of what was live before, where it published nothing. */
	liveBefore: string | null;
	promotionId: string;
	by: string;
	at: Date;
}

export interface DriftFinding extends Drift {
	id: string;
	environment: string;
	workflowKey: string;
	workflowId: string;
	name: string;
	/** Who made it, where the engine knows. */
	author: string | null;
	authoredAt: Date | null;
	/** First seen. */
	since: Date;
	seenAt: Date;
	accepted: { until: Date; reason: string; by: string } | null;
}

/** What was found in one scan, before it is compared with the last one. */
export type FoundDrift = Omit<DriftFinding, 'id' | 'since' | 'seenAt' | 'accepted'>;

export interface ScanChange {
	/** New, or another state than before. */
	found: DriftFinding[];
	gone: DriftFinding[];
}

export interface DriftRule {
	environment: string;
	/** Cron expression in UTC; `off`: never by itself. */
	schedule: string;
	/** Kinds that nobody is to hear of: the environment owns them. */
	ignored: DriftKind[];
	updatedBy: string;
	updatedAt: Date;
}

export interface ScanRecord {
	scannedAt: Date | null;
	workflows: number | null;
	error: string | null;
	nextAt: Date | null;
}

/** Port of drift. Storage implements it. */
export interface DriftStore {
	expectationsIn(environment: string): Promise<Expectation[]>;
	expect(expectation: Expectation): Promise<void>;
	/** Expects nothing of it any more. */
	forget(environment: string, workflowKey: string): Promise<void>;
	promotedSince(environment: string): Promise<PromotedWorkflow[]>;

	/** Open ones, by workflow. */
	findings(environment: string): Promise<DriftFinding[]>;
	/** Compares with the last scan and keeps the difference, one scan of an environment at a time. */
	record(
		environment: string,
		found: FoundDrift[],
		scan: { at: Date; workflows: number; nextAt: Date | null },
	): Promise<ScanChange>;
	recordFailure(environment: string, error: string, nextAt: Date | null): Promise<void>;
	/** Of the states that they have now only. @returns how many */
	accept(
		environment: string,
		workflowKey: string,
		kinds: readonly DriftKind[],
		acceptance: { until: Date; reason: string; by: string },
	): Promise<number>;

	lastScan(environment: string): Promise<ScanRecord | null>;
	rule(environment: string): Promise<DriftRule | null>;
	putRule(rule: DriftRule, nextAt: Date | null): Promise<void>;
	/** When to look next. */
	schedule(environment: string, nextAt: Date): Promise<void>;
	/** For metrics. */
	count(): Promise<Array<{ environment: string; kind: string; weight: string; findings: number }>>;
	scans(): Promise<Array<{ environment: string; scannedAt: Date | null }>>;
}
