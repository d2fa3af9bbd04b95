import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { JoinItem, JoinPolicy, JoinRequest, JoinRetry } from '../../../sidecar/contract/joins';
import { itemsToRedeliver } from '../../shared/letters/letter-items';
import { retryPolicyOf } from '../../shared/retry/retry-fields';
import type { RetryPolicy } from '../../shared/retry/retry-policy';
import type { Ticket } from '../../shared/parking/ticket';
import type { Run } from '../run-end';
import type { Settings } from '../settings';
import type { FanOutPolicy } from '../verdict';

/** What the sidecar takes. */
const MOST_RUNS = 10_000;
const MOST_AT_ONCE = 100;
const MOST_ATTEMPTS = 20;

/** Throws NodeOperationError when the sidecar could not do what the node is set to. */
export async function joinRequestOf(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	runs: Run[],
	{ policy, atOnce, deadlineMs }: Settings,
	ticket: Ticket,
): Promise<JoinRequest> {
	const refuse = (message: string, description: string, itemIndex = 0): never => {
		throw new NodeOperationError(context.getNode(), message, { itemIndex, description });
	};
	const workflow = runs[0]?.workflowId ?? '';
	const other = runs.find(({ workflowId }) => workflowId !== workflow);
	if (other) {
		refuse(
			'Expected one workflow for all items, but the expression in Workflow gave several',
			'Durable runs go to one workflow. Part the items before, or set Run to In This Execution.',
			other.indexes[0],
		);
	}
	if (runs.length > MOST_RUNS) {
		refuse(
			`Expected at most ${MOST_RUNS} durable runs, but these items make ${runs.length}`,
			'Raise Items per Run.',
		);
	}
	const retry = retryPolicyOf(context, 0);
	if (retry.maxAttempts > MOST_ATTEMPTS) {
		refuse(
			`Expected Maximum Attempts of durable runs to be at most ${MOST_ATTEMPTS}, but got ${retry.maxAttempts}`,
			'Lower it, or set Run to In This Execution.',
		);
	}
	const children: JoinRequest['children'] = [];
	for (const { indexes } of runs) {
		const given: JoinItem[] = [];
		for (const index of indexes) {
			const [item] = await itemsToRedeliver(context, [items[index] ?? { json: {} }], index);
			const files = Object.values(item?.binary ?? {}) as Array<{ omitted?: string }>;
			if (files.some(({ omitted }) => omitted)) {
				refuse(
					'The files of this item are larger than a durable run can be given (8 MB)',
					'Hand over a link instead, or set Run to In This Execution.',
					index,
				);
			}
			given.push(item ?? { json: {} });
		}
		children.push({ items: given });
	}
	return {
		workflow,
		children,
		atOnce: Math.min(atOnce, MOST_AT_ONCE),
		policy: policyFor(policy),
		retry: retryFor(retry),
		...(retry.deadlineMs === undefined ? {} : { childDeadlineMs: whole(retry.deadlineMs) }),
		...(deadlineMs === undefined ? {} : { deadlineMs }),
		parent: ticket,
	};
}

/** 1.1 s times 1000 is not quite a whole number. */
const whole = (milliseconds: number): number => Math.ceil(Math.round(milliseconds * 1000) / 1000);

function policyFor(policy: FanOutPolicy): JoinPolicy {
	return policy.kind === 'quorum'
		? { mode: 'quorum', quorum: policy.atLeast }
		: { mode: policy.kind };
}

function retryFor({ maxAttempts, backoff, retryOn }: RetryPolicy): JoinRetry {
	return {
		attempts: maxAttempts,
		baseDelayMs: whole(backoff.firstMs),
		maxDelayMs: whole(backoff.maxMs),
		jitter: backoff.jitter ? 0.5 : 0,
		on: retryOn.anyError
			? ['transient', 'quota', 'auth', 'data', 'bug', 'unknown']
			: ['transient', 'quota'],
	};
}
