import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { isSettled, type ExecutionSummary } from '../../../executions/execution';
import { isOrchestrationError } from '../../../kernel/errors';
import type { FoundAttempt, OrchestrationActivities } from './activities';
import { followAttempt } from './follow-attempt';
import { attemptKey, readAttemptKey } from './attempt-key';
import type { OrchestrationPorts } from './orchestration-ports';
import { readRequest } from './request';

/** A slot that far away is reserved and waited for; a later one is asked for again. */
const longestWaitMs = 60_000;
/** Asked again after this long when nobody can say when. */
const askAgainMs = 1_000;
/** Of results in one answer; beside what is told of 10 000 children it fits into the 2 MB of a payload. */
const mostResultBytes = 800_000;

/** The activities of the shipped workflows, on the use cases of the sidecar. */
export function createActivities(ports: OrchestrationPorts): OrchestrationActivities {
	const activities: OrchestrationActivities = {
		open: async (type, given, group, chains) => {
			const request = chains.length === 0 ? readRequest(type, given) : null;
			if (request) await ports.checkTarget(request);
			const chain = activityInfo().workflowExecution?.runId ?? '';
			const attempts = await ports.attemptsIn(group);
			const isReset = attempts.some(({ idempotencyKey }) => {
				const read = readAttemptKey(idempotencyKey);
				return read !== null && !chains.includes(read.chain);
			});
			return { request, chain, isReset, found: isReset ? foundIn(attempts) : [] };
		},
		attempt: async (order) => {
			const { environment, workflow, version, input, group, atOnce, chain } = order;
			const adopted = order.adopt === null ? null : await ports.find(order.adopt);
			const execution =
				adopted ??
				(await ports.accept({
					...{ environment, workflow, version, input },
					idempotencyKey: attemptKey(group, chain, order.index, order.attempt),
					tenant: order.tenant,
					priority: order.priority,
					// Tried again by the workflow, which also asks circuit and rate limit.
					policy: { attempts: 1 },
					group: { id: group, atOnce },
					deadline: order.deadline === null ? null : new Date(order.deadline),
					origin: 'join',
					retryOf: order.retryOf,
				}));
			return await followAttempt(ports, execution);
		},
		ask: async ({ circuit, rateLimit }) => {
			const now = ports.clock.now().getTime();
			const permit = circuit === null ? null : await ports.askPermit(circuit);
			if (permit && permit.granted === 0) {
				return { go: false, at: permit.retryAt ?? now + askAgainMs };
			}
			const probes = permit?.probes ?? [];
			if (rateLimit === null) return { go: true, at: now, probes };
			const reserved = await ports.reserve(rateLimit, longestWaitMs);
			if (!reserved.granted) return { go: false, at: reserved.retryAt };
			// As far from now by this clock as it is by the database's, which gave it.
			const wait = Math.max(0, (reserved.at[0] ?? reserved.now) - reserved.now);
			return { go: true, at: now + wait, probes };
		},
		report: async (circuit, went, probes) => await ports.report(circuit, went, probes),
		keepLetter: async (executionId) => {
			const execution = await ports.find(executionId);
			if (execution?.status === 'failed') await ports.keepLetter(execution);
		},
		cancelRest: async (group) => {
			for (const { id, status } of await ports.attemptsIn(group)) {
				if (!isSettled(status)) await ports.cancel(id);
			}
		},
		resultsOf: async (ids) => await ports.itemsOf(ids, mostResultBytes),
	};
	return {
		open: async (...given) => await lastingTold(() => activities.open(...given)),
		attempt: async (...given) => await lastingTold(() => activities.attempt(...given)),
		ask: async (...given) => await lastingTold(() => activities.ask(...given)),
		report: async (...given) => await lastingTold(() => activities.report(...given)),
		keepLetter: async (...given) => await lastingTold(() => activities.keepLetter(...given)),
		cancelRest: async (...given) => await lastingTold(() => activities.cancelRest(...given)),
		resultsOf: async (...given) => await lastingTold(() => activities.resultsOf(...given)),
	};
}

/** Of each child the attempt that says most: one that has succeeded, one under way, the newest that failed. */
function foundIn(attempts: readonly ExecutionSummary[]): FoundAttempt[] {
	const found = new Map<number, FoundAttempt>();
	const worth = { succeeded: 2, 'under-way': 1, failed: 0 };
	for (const { id, status, idempotencyKey } of attempts) {
		const index = readAttemptKey(idempotencyKey)?.index;
		if (index === undefined) continue;
		const state =
			status === 'succeeded' ? status : isSettled(status) ? ('failed' as const) : 'under-way';
		const known = found.get(index);
		if (!known || worth[state] > worth[known.state]) {
			found.set(index, { index, executionId: id, state });
		}
	}
	return [...found.values()];
}

/** Codes of errors that the same call would meet again. */
const lasting = [
	'invalid_request',
	'payload_too_large',
	'environment_not_found',
	'workflow_not_found',
	'workflow_invalid',
	'version_not_found',
	'capability_missing',
	'rate_limit_not_found',
	'idempotency_key_reused',
] as const;

/** Anything else is tried again by Temporal until it works: a database that is away, above all. */
async function lastingTold<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!isOrchestrationError(error, ...lasting)) throw error;
		const { code: type, message, details } = error;
		throw ApplicationFailure.create({ type, message, details: [details], nonRetryable: true });
	}
}
