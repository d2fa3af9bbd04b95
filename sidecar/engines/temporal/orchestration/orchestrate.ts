import {
	ApplicationFailure,
	continueAsNew,
	defineQuery,
	proxyActivities,
	setHandler,
	workflowInfo,
	ActivityCancellationType,
} from '@temporalio/workflow';
import type { Item } from '../../port/execution';
import type { ChildCounts } from '../../../joins/join';
import type { OrchestrationActivities } from './activities';
import { conduct, type Conducted, type Conclusion } from './conduct';
import type { OrchestrationRequest } from './request';
import { countsOf, resumed, type EndedChild } from './schedule';
import type { ShippedType } from './shipped';
import { workflowNow } from './workflow-clock';

export interface ChildResult extends EndedChild {
	/** What it gave; absent when all together are too much for one answer: then see its execution. */
	items?: Item[];
}

export interface OrchestrationResult {
	state: Conclusion['verdict']['state'];
	because: string;
	counts: ChildCounts;
	children: ChildResult[];
}

/** Counts of the children, at any time: `temporal workflow query --type progress`. */
export const progress = defineQuery<ChildCounts>('progress');

/** Heard of within this time, or given to another worker. */
const heartbeatTimeout = '20s';
const patient = {
	initialInterval: '500ms',
	backoffCoefficient: 2,
	maximumInterval: '20s',
} as const;

const quick = proxyActivities<Omit<OrchestrationActivities, 'attempt'>>({
	startToCloseTimeout: '1m',
	retry: patient,
});
const long = proxyActivities<Pick<OrchestrationActivities, 'attempt'>>({
	// It ends with the attempt in n8n; this only bounds the unthinkable.
	startToCloseTimeout: '366 days',
	heartbeatTimeout,
	cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
	retry: patient,
});
const activities: OrchestrationActivities = { ...pick(quick), attempt: long.attempt };

/** Proxies have no keys of their own. */
function pick(proxy: typeof quick): typeof quick {
	const { open, ask, report, keepLetter, cancelRest, resultsOf } = proxy;
	return { open, ask, report, keepLetter, cancelRest, resultsOf };
}

/** @throws ApplicationFailure `OrchestrationFailed` with the result, when the policy says no */
export async function orchestrate(
	type: ShippedType,
	given: unknown,
	before: Conducted | undefined,
): Promise<OrchestrationResult> {
	let known = before;
	setHandler(progress, () => countsOf(known?.total ?? 0, known?.schedule.ended ?? []));
	const work = await begin(type, given, before);
	known = work;
	const { request, total } = work;
	const end = await conduct(work, activities, () => {
		const { historyLength, continueAsNewSuggested } = workflowInfo();
		return continueAsNewSuggested || historyLength >= request.eventsPerRun;
	});
	if (end === 'continue') return await goOn(work);
	const { state, because } = end.verdict;
	const counts = countsOf(total, end.children);
	const result = { state, because, counts, children: await withItems(end.children) };
	if (state === 'succeeded') return result;
	throw ApplicationFailure.create({
		type: 'OrchestrationFailed',
		message: messageOf(type, because, end.children),
		details: [result],
		nonRetryable: true,
	});
}

async function begin(
	type: ShippedType,
	given: unknown,
	before: Conducted | undefined,
): Promise<Conducted> {
	const { firstExecutionRunId, runId, cronSchedule } = workflowInfo();
	// Runs of one cron workflow are different work; any others of one chain are the same.
	const group = before?.group ?? `temporal/${cronSchedule ? runId : firstExecutionRunId}`;
	const chains = before?.chains ?? [];
	const { request, chain, isReset, found } = await activities.open(type, given, group, chains);
	const now = workflowNow();
	const work = before ?? workOf(request, group, now);
	const begun = { ...work, chains: [...chains, chain] };
	if (!isReset) return begun;
	const { deadlineMs } = work.request;
	const deadlineAt = deadlineMs === null ? null : now + deadlineMs;
	return { ...begun, deadlineAt, schedule: resumed(work.total, found, now) };
}

function workOf(request: OrchestrationRequest | null, group: string, now: number): Conducted {
	if (!request) throw ApplicationFailure.nonRetryable('the first run was given no request');
	const { children, ...rest } = request;
	return {
		request: rest,
		children: children.map((input, index) => [index, input]),
		total: children.length,
		group,
		chains: [],
		deadlineAt: rest.deadlineMs === null ? null : now + rest.deadlineMs,
		schedule: resumed(children.length, [], now),
	};
}

/** Ends this run; the next one has a fresh history and the same children. */
async function goOn(work: Conducted): Promise<never> {
	const { ended } = work.schedule;
	const done = new Set(ended.flatMap(({ index, state }) => (state === 'succeeded' ? [index] : [])));
	const children = work.children.filter(([index]) => !done.has(index));
	return await continueAsNew<(given: null, before: Conducted) => Promise<never>>(null, {
		...work,
		children,
	});
}

async function withItems(children: EndedChild[]): Promise<ChildResult[]> {
	const ids = children.flatMap(({ state, executionId }) =>
		state === 'succeeded' && executionId !== null ? [executionId] : [],
	);
	const results = ids.length > 0 ? await activities.resultsOf(ids) : [];
	if (results === null) return children;
	const itemsOf = new Map(ids.map((id, at) => [id, results[at] ?? []]));
	return children.map((child) => {
		const items = itemsOf.get(child.executionId ?? '');
		return items ? { ...child, items } : child;
	});
}

function messageOf(type: ShippedType, because: string, children: EndedChild[]): string {
	const failed = children.find(({ error }) => error !== null);
	if (!failed?.error) return because;
	const { message } = failed.error;
	return type === 'orchestration.run' ? message : `${because} Child ${failed.index}: ${message}`;
}
