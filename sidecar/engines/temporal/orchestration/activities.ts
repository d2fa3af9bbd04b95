import type { ErrorClass } from '../../../dead-letters/dead-letter';
import type { Item } from '../../port/execution';
import type { ExecutionError, Input, Outcome } from '../../../executions/execution';
import type { OrchestrationRequest } from './request';

/** A run of an orchestration that may begin, or begin again after a reset. */
export interface Opened {
	/** Null for a run that continues another: that one has read it. */
	request: OrchestrationRequest | null;
	/** Names the attempts of this run in the ledger. */
	chain: string;
	/** The ledger has attempts of a run that is not known here, since it was reset. */
	isReset: boolean;
	/** What the ledger has of each child; empty unless it was reset. */
	found: FoundAttempt[];
}

/** succeeded: it never runs again. under-way: it is waited for. failed: it runs again. */
export interface FoundAttempt {
	index: number;
	executionId: string;
	state: 'succeeded' | 'under-way' | 'failed';
}

/** One attempt of one child. */
export interface AttemptOrder {
	environment: string;
	workflow: string;
	version: string | null;
	input: Input;
	/** Names the orchestration in the ledger: its children are listed by it. */
	group: string;
	atOnce: number;
	chain: string;
	index: number;
	/** From 1. */
	attempt: number;
	/** The attempt before, in the ledger. */
	retryOf: string | null;
	/** One that is under way already and is waited for in place of a new one. */
	adopt: string | null;
	tenant: string | null;
	priority: number;
	/** In milliseconds since 1970. */
	deadline: number | null;
}

export type AttemptEnd =
	| { is: 'succeeded'; executionId: string }
	| { is: 'cancelled'; executionId: string }
	| {
			is: 'failed';
			executionId: string;
			outcome: Exclude<Outcome, 'success' | 'canceled'>;
			error: ExecutionError;
			errorClass: ErrorClass;
	  };

/** Whether an attempt may begin, by circuit and rate limit. Times in milliseconds since 1970. */
export type Permission = { go: true; at: number; probes: string[] } | { go: false; at: number };

/** What the workflows ask of the outside; each may be asked twice and does its work once. */
export interface OrchestrationActivities {
	/**
	 * Reads what was given, at the start of the first run; looks into the ledger at the start of each.
	 * @param chains of the runs that this one continues
	 * @throws a failure that is not retried, its type the code of the error, for a request that cannot be run
	 */
	open(type: string, given: unknown, group: string, chains: string[]): Promise<Opened>;
	/** Runs until the attempt is over in n8n, with heartbeats; cancelled, it cancels the attempt. */
	attempt(order: AttemptOrder): Promise<AttemptEnd>;
	ask(gate: { circuit: string | null; rateLimit: string | null }): Promise<Permission>;
	report(circuit: string, went: 'well' | 'badly', probes: string[]): Promise<void>;
	/** Keeps the failed attempt as a dead letter. */
	keepLetter(executionId: string): Promise<void>;
	/** Cancels what of it is under way in the ledger still. */
	cancelRest(group: string): Promise<void>;
	/** What children gave, in the order asked; null: too much for one answer. */
	resultsOf(executionIds: string[]): Promise<Item[][] | null>;
}
