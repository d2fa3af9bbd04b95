import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ancestors } from '../shared/ancestor';
import { findTrigger } from '../shared/letters/trigger-items';
import type { RetryState } from '../shared/retry/retry-policy';

/**
 * Beside the JSON of the items this node sends round the loop, where no expression and no node sees
 * it; n8n stores it with the execution.
 */
const KEY = 'orchestrationRetry';

export interface Remembered {
	state: RetryState;
	/** As it was sent last; undefined when this node has not sent it before, or pairing is lost. */
	sent?: INodeExecutionData;
	/** Nothing leads back from this item: it was counted by the runs of this node. */
	unpaired: boolean;
}

export function withMemory(item: INodeExecutionData, state: RetryState): INodeExecutionData {
	return { ...item, [KEY]: { ...state } };
}

/** What is known of each item from earlier rounds, found by n8n's own pairing. */
export function memoryOf(context: IExecuteFunctions, runIndex: number, now: number) {
	const kept = context.getContext('node') as { firstRunAt?: number };
	const firstRunAt = (kept.firstRunAt ??= now);
	const trigger = runIndex > 0 ? findTrigger(context) : undefined;
	const own = context.getNode().name;
	const ancestorOf = ancestors(context);

	return (item: INodeExecutionData): Remembered => {
		const fresh: RetryState = { attempts: 0, startedAt: now, lastDelayMs: 0 };
		if (runIndex === 0) return { state: fresh, unpaired: false };
		const sent = ancestorOf(item, own);
		const state = sent?.[KEY] as RetryState | undefined;
		if (sent && state) return { state: { ...state }, sent, unpaired: false };
		const isNew = trigger !== undefined && ancestorOf(item, trigger) !== undefined;
		if (isNew) return { state: fresh, unpaired: false };
		return {
			// Or an item that cannot be recognised would go round for ever.
			state: { attempts: runIndex, startedAt: firstRunAt, lastDelayMs: 0 },
			unpaired: true,
		};
	};
}
