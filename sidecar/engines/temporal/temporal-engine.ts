import type { Clock } from '../../kernel/clock';
import type { EngineConnection } from '../port/connection';
import type { Engine } from '../port/engine';
import type { Executions } from '../port/executions';
import type { EntryPoint } from '../port/run';
import { itemsOfArgs } from './payload-items';
import { readWorkflowName, writeWorkflowName } from './workflow-name';

export interface TemporalEngineOptions {
	connection: EngineConnection;
	clock: Clock;
	/** Asked before each call; false refuses the address. Default: every address is allowed. */
	allowedAddress?: (url: URL) => Promise<boolean>;
	/** How long a workflow may take to end after it was asked to, before it is terminated. Default 10 000. */
	cancelPatienceMs?: number;
}

type Speaking = Omit<Executions, 'entryOf' | 'entryOfCode' | 'isOwn'> & {
	changedSince: NonNullable<Executions['changedSince']>;
};

/**
 * The engine port on one Temporal namespace. No package of Temporal is loaded before the first
 * question is asked: a sidecar without Temporal does not pay for it.
 */
export function createTemporalEngine(options: TemporalEngineOptions): Engine {
	let opened: Promise<{ check: Engine['check']; executions: Speaking }> | null = null;
	const open = async () => {
		opened ??= import('./open-temporal.js').then(({ openTemporal }) => openTemporal(options));
		return await opened;
	};
	const speaking = async () => (await open()).executions;
	const taskQueue = options.connection.temporal?.taskQueue ?? null;
	return {
		check: async () => await (await open()).check(),
		executions: {
			entryOf: () => null,
			entryOfCode: (workflow) => entryOf(workflow, taskQueue),
			// Ours are left out of what `changedSince` tells.
			isOwn: () => false,
			call: async (request) => await (await speaking()).call(request),
			findCall: async (search) => await (await speaking()).findCall(search),
			glance: async (id) => await (await speaking()).glance(id),
			outcomeOf: async (id) => await (await speaking()).outcomeOf(id),
			list: async (query) => await (await speaking()).list(query),
			get: async (id) => await (await speaking()).get(id),
			retry: async (id) => await (await speaking()).retry(id),
			retriesOf: async (id, since) => await (await speaking()).retriesOf(id, since),
			stop: async (id) => await (await speaking()).stop(id),
			statusOf: async (id) => await (await speaking()).statusOf(id),
			resume: async (request) => await (await speaking()).resume(request),
			run: async (request) => await (await speaking()).run(request),
			stopRun: async (search) => await (await speaking()).stopRun(search),
			findRun: async (search) => await (await speaking()).findRun(search),
			changedSince: async (since) => await (await speaking()).changedSince(since),
		},
	};
}

function entryOf(workflow: string, taskQueue: string | null): EntryPoint & { workflowId: string } {
	const name = readWorkflowName(workflow, taskQueue);
	return {
		workflowId: writeWorkflowName(name, taskQueue),
		triggerNode: name.type,
		itemsOf: (payload) => itemsOfArgs([payload]),
		keepsSuccesses: true,
		webhook: null,
	};
}
