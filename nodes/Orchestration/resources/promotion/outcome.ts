import type { INodeProperties } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';

import type { Promotion, PromotionPhase } from '../../../../sidecar/contract/promotions';
import type { OperationCall } from '../../operation';
import { segment } from '../../operation';

const POLL_MS = 500;

const ended: ReadonlySet<PromotionPhase> = new Set([
	'succeeded',
	'failed',
	'errored',
	'rolled-back',
	'aborted',
]);

export const waitField: INodeProperties = {
	displayName: 'Wait Until Finished',
	name: 'wait',
	type: 'boolean',
	default: true,
	description:
		'Whether to wait until the promotion has ended, and fail when it did not succeed. Without it the promotion goes on in the background.',
};

export const timeoutOption: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeoutSeconds',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 300,
	description: 'How long to wait for the end of the promotion',
};

export function promotionError(
	{ context, itemIndex }: OperationCall,
	message: string,
	description: string,
): NodeOperationError {
	return new NodeOperationError(context.getNode(), message, { description, itemIndex });
}

/** Polls until the promotion has ended. Throws when it ended otherwise than succeeded, or in time. */
export async function waitForOutcome(
	call: OperationCall,
	promotion: Promotion,
	timeoutSeconds = 300,
): Promise<Promotion> {
	const deadline = Date.now() + timeoutSeconds * 1000;
	let current = promotion;
	while (!ended.has(current.phase)) {
		const cancelled = call.context.getExecutionCancelSignal()?.aborted === true;
		if (cancelled || Date.now() > deadline) {
			throw promotionError(
				call,
				cancelled
					? `Stopped waiting for promotion ${current.id}, which is ${current.phase}`
					: `Promotion ${current.id} is still ${current.phase} after ${timeoutSeconds} s`,
				'It goes on in the sidecar. Read how it ended with Promotion, Get.',
			);
		}
		await sleep(POLL_MS);
		current = await call.sidecar.request<Promotion>({
			method: 'GET',
			path: `/promotions/${segment(current.id)}`,
			itemIndex: call.itemIndex,
		});
	}
	if (current.phase === 'succeeded') return current;
	const step = current.steps.find(({ status }) => status === 'failed');
	throw promotionError(
		call,
		`Promotion ${current.id} to ${current.to} ended as ${current.phase}: ${current.reason ?? 'no reason given'}`,
		step
			? `Step ${step.index} (${step.action}): ${step.message ?? 'no message'}`
			: 'Read its steps with Promotion, Get.',
	);
}
