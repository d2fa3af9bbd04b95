import type { ExecutionStore } from '../executions/execution-store';
import { acceptExecutions } from './accept-executions';
import { claimExecutions, isExecutionDue } from './claim-executions';
import {
	cancelExecution,
	toStop,
	markTold,
	nameLetter,
	pauseDispatch,
	pausedSince,
	purgeExecutions,
	resumeDispatch,
} from './execution-changes';
import {
	claimLooks,
	claimOverdue,
	lookAtCrashed,
	lookAtGone,
	nextIn,
	renewExecutions,
} from './execution-looks';
import {
	attemptsOf,
	countsOf,
	findExecution,
	listExecutions,
	queueDepth,
	startedByUs,
	untold,
} from './execution-queries';
import { stepExecution } from './execution-steps';
import type { Pool } from './queryable';

export function createExecutionStore(pool: Pool): ExecutionStore {
	return {
		accept: async (requests, start) => await acceptExecutions(pool, requests, start),
		find: async (id) => await findExecution(pool, id),
		list: async (filter, page) => await listExecutions(pool, filter, page),
		attemptsOf: async (id) => await attemptsOf(pool, id),
		isDue: async () => await isExecutionDue(pool),
		claim: async (order) => await claimExecutions(pool, order),
		renew: async (...lease) => await renewExecutions(pool, ...lease),
		claimLooks: async (...request) => await claimLooks(pool, ...request),
		claimOverdue: async (...request) => await claimOverdue(pool, ...request),
		step: async (...step) => await stepExecution(pool, ...step),
		nextIn: async () => await nextIn(pool),
		cancel: async (id, at) => await cancelExecution(pool, id, at),
		toStop: async (limit) => await toStop(pool, limit),
		untold: async (...request) => await untold(pool, ...request),
		markTold: async (ids) => await markTold(pool, ids),
		pause: async (...workflow) => await pauseDispatch(pool, ...workflow),
		resume: async (...workflow) => await resumeDispatch(pool, ...workflow),
		pausedSince: async (...workflow) => await pausedSince(pool, ...workflow),
		nameLetter: async (...letter) => await nameLetter(pool, ...letter),
		startedByUs: async (traceparent) => await startedByUs(pool, traceparent),
		lookAtCrashed: async (...attempt) => await lookAtCrashed(pool, ...attempt),
		lookAtGone: async (...run) => await lookAtGone(pool, ...run),
		purge: async (...request) => await purgeExecutions(pool, ...request),
		queueDepth: async () => await queueDepth(pool),
		countsOf: async (groupId) => await countsOf(pool, groupId),
	};
}
