import type { Engine } from '../engines/port/engine';
import type { WorkflowContent } from '../engines/port/workflow';
import type { NewTraceparent } from '../kernel/traceparent';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { CompletePorts } from './complete-letter';
import type { ReplayLease } from './dead-letter-store';

/** How long a replay is held without a sign of life. */
export const replayLeaseMs = 20_000;

export type ReplayPorts = CompletePorts & {
	/** @throws environment_not_found */
	engineOf(environment: string): Promise<Engine>;
	/**
	 * A version with the ids of an environment.
	 * @param change what is done to it before: a reference that goes needs no mapping
	 * @throws replay_not_possible when one is not known there
	 */
	contentIn(
		version: WorkflowVersion,
		environment: string,
		change?: (content: WorkflowContent) => WorkflowContent,
	): Promise<WorkflowContent>;
	newTraceparent: NewTraceparent;
	/** Names this process in leases. */
	owner: string;
	/** Told of each end of a replay that counts. */
	onReplayEnded?(replay: { environment: string; strategy: string; outcome: string }): void;
};

/** Work that nobody waits for; what goes wrong in it is logged. */
export interface InBackground {
	inBackground(work: Promise<unknown>): void;
}

/** Each lease has an owner of its own: this process may have lost an earlier one on the same replay. */
export function newLease({ owner, newId }: Pick<ReplayPorts, 'owner' | 'newId'>): ReplayLease {
	return { owner: `${owner}/${newId()}`, ttlMs: replayLeaseMs };
}
