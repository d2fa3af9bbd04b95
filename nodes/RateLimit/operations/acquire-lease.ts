import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ConcurrencyAnswer, ConcurrencyRequest } from '../../../sidecar/contract/rate-limits';
import { errorItem, sameItem } from '../../shared/error-item';
import { outliving } from '../../shared/outliving';
import { numberField } from '../../shared/number-field';
import { connectSidecar, type Sidecar } from '../../shared/sidecar-client';
import { asNodeError } from '../../shared/node-error';
import { waitInProcess } from '../../shared/waiting';
import { heldLeases } from '../held-leases';
import { groupsOf, type KeyedGroup } from '../keys';
import { refusalWriter } from '../refusal';
import { releaseLeases } from '../release';
import { renewWhileHeld } from '../renewal';

const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

interface LeaseOptions {
	leaseForEachItem?: boolean;
	maxWaitSeconds?: number;
	renew?: boolean;
	ttlSeconds?: number;
}

/** Acquired, Refused. Given back by Release Lease, by the end of the execution, or by its expiry. */
export async function acquireLease(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const errors = new Map<number, unknown>();
	const withRefusal = refusalWriter(context);
	const acquired = new Map<number, INodeExecutionData>();
	const refused = new Map<number, INodeExecutionData>();
	const itemAt = (index: number) => items[index] ?? { json: {} };
	for (const group of groupsOf(context, items.length, errors)) {
		try {
			const answer = await lease(context, group);
			for (const index of group.indexes) {
				const item = itemAt(index);
				if (answer.granted) acquired.set(index, sameItem(item, index));
				else {
					const { retryAt, held, limit } = answer;
					const facts = { key: group.key, retryAt, held, limit };
					refused.set(index, sameItem(item, index, withRefusal(item.json, facts)));
				}
			}
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, group.indexes[0] ?? 0);
			for (const index of group.indexes) errors.set(index, error);
		}
	}
	for (const [index, error] of errors) {
		refused.set(index, errorItem(context, itemAt(index), index, error));
	}
	return [acquired, refused].map((output) =>
		[...output].sort(([a], [b]) => a - b).map(([, item]) => item),
	);
}

/** Asks again until there is room or the longest wait is over. */
async function lease(
	context: IExecuteFunctions,
	{ key, tenant, indexes }: KeyedGroup,
): Promise<ConcurrencyAnswer> {
	const options = context.getNodeParameter('options', 0, {}) as LeaseOptions;
	const { leaseForEachItem = false, maxWaitSeconds = 0, renew = true, ttlSeconds = 300 } = options;
	const itemIndex = indexes[0] ?? 0;
	const limit = numberField(context, 'Limit', context.getNodeParameter('concurrent', 0, 5), 1);
	const body: ConcurrencyRequest = {
		limit,
		count: leaseForEachItem ? indexes.length : 1,
		ttlMs: Math.round(numberField(context, 'Time to Live', ttlSeconds, 1) * 1000),
		...(tenant === undefined ? {} : { tenant }),
		executionId: context.getExecutionId(),
	};
	const sidecar = await connectSidecar(context);
	const path = `/concurrency/${encodeURIComponent(key)}/leases`;
	const until = Date.now() + maxWaitSeconds * 1000;
	for (let attempt = 0; ; attempt += 1) {
		const answer = await sidecar.request<ConcurrencyAnswer>({
			method: 'POST',
			path,
			body,
			itemIndex,
			attempt,
		});
		if (answer.granted) {
			const outlived = await connectSidecar(outliving(context));
			keep(context, outlived, key, answer.leases, renew ? body.ttlMs : undefined);
			return answer;
		}
		const now = Date.now();
		if (now >= until) return answer;
		const pause = Math.max(SHORTEST_PAUSE_MS, Date.parse(answer.retryAt) - now || 0);
		await waitInProcess(context, Math.min(pause, LONGEST_PAUSE_MS, until - now), itemIndex);
	}
}

/** Also given back when the execution fails or is cancelled; where n8n does not tell, they expire. */
function keep(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	key: string,
	leases: Array<{ id: string; fence: number }>,
	renewedMs: number | undefined,
): void {
	const held = heldLeases(context);
	const ids = leases.map(({ id }) => id);
	held.add(key, ids);
	const renewal = renewedMs ? renewWhileHeld(context, sidecar, key, leases, renewedMs) : undefined;
	let released = false;
	const giveBack = async () => {
		if (released) return;
		released = true;
		renewal?.stop();
		const left = ids.filter((id) => held.of(key).includes(id));
		try {
			await releaseLeases(context, sidecar, key, left, 0);
		} catch (error) {
			context.logger.warn(`Leases of ${key} expire by themselves: ${(error as Error).message}`);
		}
	};
	context.onExecutionFinish?.(giveBack);
	context.onExecutionCancellation(giveBack);
}
