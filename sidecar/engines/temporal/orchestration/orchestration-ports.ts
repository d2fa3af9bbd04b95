import type { Item } from '../../port/execution';
import type { Permits } from '../../../circuits/decide';
import type { Execution, ExecutionSummary, NewExecution } from '../../../executions/execution';
import type { Clock } from '../../../kernel/clock';
import type { Reserved } from '../../../rate-limits/reserve';
import type { OrchestrationRequest } from './request';

/** What the activities need of the sidecar: its own use cases, on its own database. */
export interface OrchestrationPorts {
	clock: Clock;
	/** @throws environment_not_found, workflow_not_found, workflow_invalid, invalid_request */
	checkTarget(
		request: Pick<OrchestrationRequest, 'environment' | 'workflow' | 'version'>,
	): Promise<void>;
	/** Writes an attempt down to be run; a known key gives the one that is there. */
	accept(request: NewExecution): Promise<Execution>;
	find(id: string): Promise<Execution | null>;
	/** Resolves when it is settled, the time is over or the signal is aborted, with how it stands then. */
	wait(execution: Execution, ms: number, signal: AbortSignal): Promise<Execution>;
	/** One that is over stays as it is. */
	cancel(id: string): Promise<unknown>;
	/** All attempts of an orchestration, newest first. */
	attemptsIn(group: string): Promise<ExecutionSummary[]>;
	askPermit(circuit: string): Promise<Permits>;
	report(circuit: string, went: 'well' | 'badly', probes: string[]): Promise<void>;
	/** @throws rate_limit_not_found */
	reserve(rateLimit: string, maxWaitMs: number): Promise<Reserved>;
	/** Keeps a failed attempt as a dead letter; twice is one. */
	keepLetter(execution: Execution): Promise<void>;
	/** What executions gave, whole, in the order asked; null when it is more than `mostBytes` of JSON. */
	itemsOf(ids: string[], mostBytes: number): Promise<Item[][] | null>;
}
