import type { Engine, WorkflowContent } from '../engines/engine';
import type { Environment } from '../environments/environment';
import type { Clock } from '../kernel/clock';
import type { NewTraceparent } from '../kernel/traceparent';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { VersionStore } from '../workflow-versions/version-store';
import type { DeadLetterStore } from './dead-letter-store';

/** How long a replay is held without a sign of life. */
export const replayLeaseMs = 20_000;

export interface ReplayPorts {
	letters: DeadLetterStore;
	versions: VersionStore;
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<Environment>;
	/** @throws environment_not_found */
	engineOf(environment: string): Promise<Engine>;
	/** A version with the ids of an environment. @throws replay_not_possible when one is not known there */
	contentIn(version: WorkflowVersion, environment: string): Promise<WorkflowContent>;
	clock: Clock;
	random: () => number;
	newTraceparent: NewTraceparent;
	/** Names this process in leases. */
	owner: string;
}
