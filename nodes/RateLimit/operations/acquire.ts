import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type {
	RateLimitPolicy,
	ReservationAnswer,
	ReservationRequest,
} from '../../../sidecar/contract/rate-limits';
import { errorItem, sameItem } from '../../shared/error-item';
import { isSidecarAway } from '../../shared/sidecar-away';
import { numberField } from '../../shared/number-field';
import { connectSidecar } from '../../shared/sidecar-client';
import { asNodeError } from '../../shared/node-error';
import { leaveLater } from '../../shared/parking/leave-later';
import { groupsOf, type KeyedGroup } from '../keys';
import { refusalWriter } from '../refusal';

/** What the sidecar takes at once. */
const MOST_RESERVATIONS = 10_000;

type WhenAway = 'fail' | 'letThrough' | 'refuse';

interface AcquireOptions {
	burst?: number;
	maxWaitSeconds?: number;
}

interface Answer {
	/** When the last of the group may start; undefined when it was refused. */
	lastAt?: number;
	retryAt?: string;
	spreadMs: number;
	decidedBy: 'sidecar' | 'setting';
}

/** Acquired, Refused. One call for each key, tenant and weight; then waits for the last time given. */
export async function acquire(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const errors = new Map<number, unknown>();
	const answers = new Map<number, { key: string; answer: Answer }>();
	for (const group of groupsOf(context, items.length, errors)) {
		try {
			const answer = await reserve(context, group);
			for (const index of group.indexes) answers.set(index, { key: group.key, answer });
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, group.indexes[0] ?? 0);
			for (const index of group.indexes) errors.set(index, error);
		}
	}

	const withRefusal = refusalWriter(context);
	const acquired: INodeExecutionData[] = [];
	const refused: INodeExecutionData[] = [];
	items.forEach((item, index) => {
		const { key, answer } = answers.get(index) ?? {};
		if (!answer) refused.push(errorItem(context, item, index, errors.get(index)));
		else if (answer.lastAt !== undefined) acquired.push(sameItem(item, index));
		else {
			const { retryAt, decidedBy } = answer;
			const json = withRefusal(item.json, {
				key,
				decidedBy,
				...(retryAt ? { retryAt } : {}),
			});
			refused.push(sameItem(item, index, json));
		}
	});

	const given = [...answers.values()].map(({ answer }) => answer);
	addHints(context, given);
	const lastAt = Math.max(0, ...given.map(({ lastAt: at }) => at ?? 0));
	return await leaveLater(context, lastAt, [acquired, refused]);
}

async function reserve(context: IExecuteFunctions, group: KeyedGroup): Promise<Answer> {
	const { key, tenant, weight, indexes } = group;
	const whenAway = context.getNodeParameter('whenAway', 0, 'fail') as WhenAway;
	const { maxWaitSeconds = 0 } = context.getNodeParameter('options', 0, {}) as AcquireOptions;
	const policy = policyOf(context);
	const sidecar = await connectSidecar(context);
	const times: number[] = [];
	try {
		for (let from = 0; from < indexes.length; from += MOST_RESERVATIONS) {
			const body: ReservationRequest = {
				count: Math.min(MOST_RESERVATIONS, indexes.length - from),
				weight,
				...(tenant === undefined ? {} : { tenant }),
				...(maxWaitSeconds > 0 ? { maxWaitMs: Math.round(maxWaitSeconds * 1000) } : {}),
				policy,
			};
			const answer = await sidecar.request<ReservationAnswer>({
				method: 'POST',
				path: `/rate-limits/${encodeURIComponent(key)}/reservations`,
				body,
				itemIndex: indexes[from] ?? 0,
			});
			if (!answer.granted) {
				return { retryAt: answer.retryAt, spreadMs: 0, decidedBy: 'sidecar' };
			}
			const now = Date.now();
			// The wait, not the time: the sidecar's clock is another.
			times.push(...answer.reservations.map(({ waitMs }) => now + waitMs));
		}
	} catch (error) {
		if (whenAway === 'fail' || !isSidecarAway(error))
			throw asNodeError(context, error, indexes[0] ?? 0);
		const setting = { spreadMs: 0, decidedBy: 'setting' } as const;
		return whenAway === 'letThrough' ? { ...setting, lastAt: Date.now() } : setting;
	}
	const lastAt = times.reduce((last, at) => Math.max(last, at), 0);
	const firstAt = times.reduce((first, at) => Math.min(first, at), lastAt);
	return { lastAt, spreadMs: lastAt - firstAt, decidedBy: 'sidecar' };
}

function policyOf(context: IExecuteFunctions): RateLimitPolicy {
	const { burst } = context.getNodeParameter('options', 0, {}) as AcquireOptions;
	const limit = context.getNodeParameter('limit', 0, 10);
	const interval = context.getNodeParameter('intervalSeconds', 0, 1);
	return {
		limit: numberField(context, 'Limit', limit, 1),
		intervalMs: Math.round(numberField(context, 'Interval', interval, 0.001) * 1000),
		...(burst === undefined ? {} : { burst: numberField(context, 'Burst', burst, 1) }),
	};
}

function addHints(context: IExecuteFunctions, answers: Answer[]): void {
	if (answers.some(({ decidedBy }) => decidedBy === 'setting')) {
		context.addExecutionHints({
			message: 'The sidecar did not answer. When Sidecar Is Away decided instead.',
			location: 'outputPane',
			type: 'warning',
		});
	}
	const { intervalMs } = policyOf(context);
	if (answers.some(({ spreadMs }) => spreadMs > intervalMs)) {
		context.addExecutionHints({
			message:
				'These items were given times further apart than one interval, but they leave together, at the last of them. Place Loop Over Items before this node, with a batch no larger than the burst, so that each batch leaves at its own time.',
			location: 'outputPane',
			type: 'warning',
		});
	}
}
