import {
	ApplicationFailure,
	CancellationScope,
	condition,
	isCancellation,
	sleep,
} from '@temporalio/workflow';
import { judge, judgeAtDeadline, type Verdict } from '../../../joins/join';
import type { AttemptOrder, OrchestrationActivities } from './activities';
import { attemptOnce } from './attempt-once';
import type { OrchestrationRequest } from './request';
import {
	closeRest,
	countsOf,
	nextAt,
	takeNext,
	type EndedChild,
	type Schedule,
	type WaitingChild,
} from './schedule';
import { workflowNow } from './workflow-clock';

/** An orchestration under way: what it is, and how far it has come. */
export interface Conducted {
	request: Omit<OrchestrationRequest, 'children'>;
	/** Inputs of the children that have not succeeded, by index. */
	children: Array<[index: number, input: OrchestrationRequest['children'][number]]>;
	total: number;
	/** Names it in the ledger. */
	group: string;
	/** Name the attempts of its runs there; the last is that of this run. */
	chains: string[];
	/** In milliseconds since 1970. */
	deadlineAt: number | null;
	schedule: Schedule;
}

export interface Conclusion {
	verdict: Verdict;
	children: EndedChild[];
}

/**
 * Runs children, so many at once, until the policy has its answer; then cancels what is left.
 * @param isLong whether to come to a rest and give back what is left, to go on as a new run
 */
export async function conduct(
	work: Conducted,
	activities: OrchestrationActivities,
	isLong: () => boolean,
): Promise<Conclusion | 'continue'> {
	const { request, schedule, total, deadlineAt } = work;
	const inputs = new Map(work.children);
	const running = new Set<Promise<void>>();
	const scope = new CancellationScope();
	const bell = createBell();
	const gate: Gate = { admitted: null, closedUntil: 0 };
	const troubles: unknown[] = [];

	const begin = (waiting: WaitingChild, probes: string[]) => {
		const child = { ...waiting, since: waiting.since ?? workflowNow() };
		const order = orderOf(work, inputOf(inputs, child.index), child);
		const attempt = scope
			.run(async () => await attemptOnce(activities, request, order, child, probes))
			.then((after) => {
				if ('over' in after) schedule.ended.push(brief(after.over, schedule));
				else schedule.waiting.push(after.again);
			})
			.catch((error: unknown) => {
				if (!isCancellation(error)) troubles.push(error);
				const { index, executionId, attempts } = child;
				schedule.ended.push({ index, state: 'cancelled', executionId, attempts, error: null });
			})
			.finally(() => {
				running.delete(attempt);
				bell.ring();
			});
		running.add(attempt);
	};

	/** Begins what may begin now. One after the other asks: who is refused would be followed by others. */
	const beginSome = async (): Promise<void> => {
		const { circuit, rateLimit } = request.retry;
		while (running.size < request.atOnce && workflowNow() >= gate.closedUntil) {
			if (gate.admitted !== null) {
				if (workflowNow() < gate.admitted.at) return;
				begin(gate.admitted.child, gate.admitted.probes);
				gate.admitted = null;
				continue;
			}
			const child = takeNext(schedule, workflowNow());
			if (child === null) return;
			if (circuit === null && rateLimit === null) {
				begin(child, []);
				continue;
			}
			const asked = await activities.ask({ circuit, rateLimit });
			if (asked.go) {
				gate.admitted = { child, ...asked };
			} else {
				schedule.waiting.push({ ...child, at: asked.at });
				gate.closedUntil = asked.at;
			}
		}
	};
	const ringForNext = () => {
		const next = gate.admitted?.at ?? nextAt(schedule);
		if (next === null || running.size >= request.atOnce) return;
		bell.ringAt(Math.max(next, gate.closedUntil));
	};
	const putBackAdmitted = () => {
		if (gate.admitted !== null) schedule.waiting.push(gate.admitted.child);
		gate.admitted = null;
	};

	if (deadlineAt !== null) bell.ringAt(deadlineAt);
	try {
		for (;;) {
			if (troubles.length > 0) throw troubles[0];
			const counts = countsOf(total, schedule.ended);
			const isOverdue = deadlineAt !== null && workflowNow() >= deadlineAt;
			const verdict = (isOverdue ? judgeAtDeadline : judge)(request.policy, counts);
			if (verdict) {
				const isLeft = running.size > 0;
				await finish(scope, running);
				if (isLeft) await activities.cancelRest(work.group);
				putBackAdmitted();
				return { verdict, children: closeRest(schedule) };
			}
			if (isLong()) {
				putBackAdmitted();
				if (running.size === 0) return 'continue';
			} else {
				await beginSome();
				ringForNext();
			}
			await bell.rung();
		}
	} catch (error) {
		await CancellationScope.nonCancellable(async () => {
			await finish(scope, running);
			await activities.cancelRest(work.group);
		});
		throw error;
	}
}

/** So many failures say what they were; of more the ledger does, so that it all fits into a payload. */
const errorsKept = 100;

function brief(child: EndedChild, { ended }: Schedule): EndedChild {
	if (child.error === null || countsOf(0, ended).failed < errorsKept) return child;
	return { ...child, error: null };
}

function inputOf(inputs: ReadonlyMap<number, AttemptOrder['input']>, index: number) {
	const input = inputs.get(index);
	if (input) return input;
	throw ApplicationFailure.nonRetryable(`the input of child ${index} is not known any more`);
}

async function finish(scope: CancellationScope, running: Set<Promise<void>>): Promise<void> {
	scope.cancel();
	await Promise.all(running);
}

function orderOf(
	{ request, group, chains }: Conducted,
	input: AttemptOrder['input'],
	child: WaitingChild & { since: number },
): AttemptOrder {
	const { environment, workflow, version, atOnce, tenant, priority, childDeadlineMs } = request;
	const { index, attempts, executionId, isUnderWay, since } = child;
	const chain = chains.at(-1) ?? '';
	return {
		...{ environment, workflow, version, tenant, priority, input, group, atOnce, chain, index },
		attempt: attempts + 1,
		retryOf: isUnderWay ? null : executionId,
		adopt: isUnderWay ? executionId : null,
		deadline: childDeadlineMs === null ? null : since + childDeadlineMs,
	};
}

/** Between children that may begin, and circuit and rate limit, which have to agree. */
interface Gate {
	/** Asked for, and allowed from `at` on. */
	admitted: { child: WaitingChild; at: number; probes: string[] } | null;
	closedUntil: number;
}

/** Wakes the loop when something has happened, or a time has come. */
function createBell() {
	let isRung = true;
	let soonest = Infinity;
	return {
		ring: () => {
			isRung = true;
		},
		ringAt: (at: number) => {
			if (at >= soonest) return;
			soonest = at;
			sleep(Math.max(1, at - workflowNow())).then(
				() => {
					if (soonest === at) soonest = Infinity;
					isRung = true;
				},
				// Canceled with the workflow, which is told of that itself.
				() => undefined,
			);
		},
		rung: async () => {
			await condition(() => isRung);
			isRung = false;
		},
	};
}
