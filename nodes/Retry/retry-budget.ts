import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { WithdrawalAnswer, WithdrawalRequest } from '../../sidecar/contract/retry-budgets';
import { asNodeError } from '../shared/node-error';
import { isSidecarAway } from '../shared/sidecar-away';
import { connectSidecar } from '../shared/sidecar-client';
import { credentialTypeOf } from '../shared/sidecar-credentials';

/** Nobody waits for a retry budget: what cannot be asked soon lets retries through. */
const WITHIN_MS = 3_000;

export interface RetryBudget {
	/** First attempts that were made; told with the next withdrawal. */
	called(count: number): void;
	/** How many of so many retries may be made now. Throws when the sidecar refuses the question. */
	withdraw(retries: number, itemIndex: number): Promise<number>;
	/** Tells first attempts that no withdrawal has told yet. */
	settle(): Promise<void>;
}

/** The budget named in Options; undefined without one. A sidecar that is away lets all through. */
export function retryBudgetOf(context: IExecuteFunctions): RetryBudget | undefined {
	const { retryBudget = '' } = context.getNodeParameter('options', 0, {}) as {
		retryBudget?: string;
	};
	const key = String(retryBudget).trim();
	if (key === '') return undefined;
	if (!context.getNode().credentials?.[credentialTypeOf(context)]) {
		throw new NodeOperationError(context.getNode(), 'A retry budget is kept by the sidecar', {
			description: 'Choose an Orchestration credential in this node, or clear Retry Budget.',
		});
	}
	let calls = 0;
	let asked = 0;
	let isAway = false;

	const ask = async (retries: number, itemIndex: number): Promise<number> => {
		if (isAway) return retries;
		const body: WithdrawalRequest = { calls, retries };
		calls = 0;
		asked += 1;
		try {
			const sidecar = await connectSidecar(context);
			const answer = await sidecar.request<WithdrawalAnswer>({
				method: 'POST',
				path: `/retry-budgets/${encodeURIComponent(key)}/withdrawals`,
				body,
				itemIndex,
				attempt: asked,
				withinMs: WITHIN_MS,
			});
			return answer.granted;
		} catch (error) {
			if (!isSidecarAway(error)) throw asNodeError(context, error, itemIndex);
			isAway = true;
			context.addExecutionHints({
				message: `The sidecar did not answer for the retry budget ${key}, so all retries were let through.`,
				location: 'outputPane',
				type: 'warning',
			});
			return retries;
		}
	};

	return {
		called: (count) => {
			calls += count;
		},
		withdraw: ask,
		settle: async () => {
			if (calls > 0) await ask(0, 0);
		},
	};
}
