import {
	ActivityFailure,
	ApplicationFailure,
	CancellationScope,
	isCancellation,
} from '@temporalio/workflow';
import { afterFailure } from '../../../executions/after-failure';
import type { AttemptEnd, AttemptOrder, OrchestrationActivities } from './activities';
import type { OrchestrationRequest } from './request';
import type { EndedChild, WaitingChild } from './schedule';
import { workflowNow } from './workflow-clock';

/** What comes after an attempt: its child is over, or waits for another one. */
export type AfterAttempt = { over: EndedChild } | { again: WaitingChild };

/** Makes one attempt of a child, tells the circuit, and decides by our retry policy. */
export async function attemptOnce(
	activities: Pick<OrchestrationActivities, 'attempt' | 'report' | 'keepLetter'>,
	request: Pick<OrchestrationRequest, 'retry' | 'letters'>,
	order: AttemptOrder,
	child: WaitingChild & { since: number },
	probes: string[],
): Promise<AfterAttempt> {
	const end = await ended(activities, order);
	const { circuit } = request.retry;
	if (circuit !== null && end.is !== 'cancelled') {
		const went = end.is === 'succeeded' ? 'well' : 'badly';
		await surely(async () => await activities.report(circuit, went, probes));
	}
	const attempts = order.attempt;
	const over = (state: EndedChild['state'], error: EndedChild['error'] = null): AfterAttempt => ({
		over: { index: child.index, state, executionId: end.executionId, attempts, error },
	});
	if (end.is !== 'failed') return over(end.is);
	const after = decide(request, order, end);
	if (after.next === 'again') {
		const { index, since } = child;
		return {
			again: { index, since, attempts, at: after.at.getTime(), executionId: end.executionId },
		};
	}
	const { executionId } = end;
	if (request.letters && executionId !== null) {
		await surely(async () => await activities.keepLetter(executionId));
	}
	return over('failed', { message: end.error.message, errorClass: end.errorClass });
}

/** What has happened is written down, also when nobody waits for the child any more. */
async function surely(work: () => Promise<void>): Promise<void> {
	await CancellationScope.nonCancellable(work);
}

type Ended = AttemptEnd | (Omit<Extract<AttemptEnd, { is: 'failed' }>, 'executionId'> & Nowhere);
interface Nowhere {
	/** It never came into the ledger. */
	executionId: null;
}

async function ended(
	activities: Pick<OrchestrationActivities, 'attempt'>,
	order: AttemptOrder,
): Promise<Ended> {
	try {
		return await activities.attempt(order);
	} catch (error) {
		if (isCancellation(error)) throw error;
		if (!(error instanceof ActivityFailure)) throw error;
		const { cause } = error;
		const isRefused = cause instanceof ApplicationFailure;
		return {
			is: 'failed',
			executionId: null,
			outcome: isRefused ? 'refused' : 'lost',
			errorClass: isRefused ? 'data' : 'unknown',
			error: {
				node: null,
				name: (isRefused && cause.type) || 'LostAttempt',
				message: cause?.message ?? error.message,
				description: null,
				httpStatus: null,
			},
		};
	}
}

function decide(
	{ retry }: Pick<OrchestrationRequest, 'retry'>,
	{ attempt, deadline }: AttemptOrder,
	{ outcome, error, errorClass }: Extract<Ended, { is: 'failed' }>,
) {
	const how = outcome === 'deadline' ? 'error' : outcome;
	return afterFailure(
		{
			attempts: attempt,
			deadline: deadline === null ? null : new Date(deadline),
			cancelRequested: false,
			origin: 'join',
			policy: retry,
		},
		{ how, lasting: errorClass !== 'transient', failure: { error, errorClass } },
		new Date(workflowNow()),
		// Seeded by the server, so the same in every replay.
		Math.random(),
	);
}
