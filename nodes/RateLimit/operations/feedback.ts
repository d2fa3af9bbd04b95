import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { FeedbackRequest, RateLimit } from '../../../sidecar/contract/rate-limits';
import { errorFactsOf, plainHeaders } from '../../shared/error-facts';
import { errorItem, sameItem } from '../../shared/error-item';
import { requestedPauseMs } from '../../shared/retry/requested-pause';
import { isSidecarAway } from '../../shared/sidecar-away';
import { asNodeError } from '../../shared/node-error';
import { connectSidecar } from '../../shared/sidecar-client';
import { groupsOf } from '../keys';

const told = /^(retry-after|(x-)?rate-?limit(-.+)?)$/;

/** The items as they came, once the sidecar knows what the receiver said. One call for each key. */
export async function feedback(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const errors = new Map<number, unknown>();
	let silent = 0;
	let lost = false;
	for (const { key, indexes } of groupsOf(context, items.length, errors)) {
		try {
			const answers = indexes.map((index) => answerOf(context, items[index], index));
			const itemIndex = indexes[0] ?? 0;
			const body = tellingOne(answers);
			if (body) await tell(key, body, itemIndex);
			else silent += indexes.length;
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, indexes[0] ?? 0);
			for (const index of indexes) errors.set(index, error);
		}
	}
	if (silent > 0) hint(`${silent} item(s) carry no status. ${FULL_RESPONSE}`);
	if (lost) hint('The sidecar did not answer: the feedback is lost.');
	return [
		items.map((item, index) =>
			errors.has(index)
				? errorItem(context, item, index, errors.get(index))
				: sameItem(item, index),
		),
	];

	async function tell(key: string, body: FeedbackRequest, itemIndex: number): Promise<void> {
		const sidecar = await connectSidecar(context);
		const path = `/rate-limits/${encodeURIComponent(key)}/feedback`;
		try {
			await sidecar.request<RateLimit>({ method: 'POST', path, body, itemIndex });
		} catch (error) {
			// Advice, not work: a workflow does not fail for want of it.
			if (!isSidecarAway(error)) throw asNodeError(context, error, itemIndex);
			lost = true;
		}
	}

	function hint(message: string): void {
		context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
	}
}

const FULL_RESPONSE =
	'Turn on Include Response Headers and Status in the HTTP Request node, or fill in Status in Options.';

/** An answer of a receiver, as HTTP Request gives it whole or with its error, or as Options say. */
function answerOf(
	context: IExecuteFunctions,
	item: INodeExecutionData | undefined,
	itemIndex: number,
): FeedbackRequest | undefined {
	const options = context.getNodeParameter('options', itemIndex, {}) as {
		status?: number;
		headers?: string | object;
	};
	const failure = item && errorFactsOf(item);
	const status = Number(options.status || item?.json['statusCode'] || failure?.httpStatus);
	if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
	const own = item?.json['headers'];
	const given = options.headers ? headersFrom(context, options.headers, itemIndex) : undefined;
	const all = plainHeaders(
		given ?? (typeof own === 'object' && own ? own : failure?.headers) ?? {},
	);
	const headers = Object.fromEntries(Object.entries(all).filter(([name]) => told.test(name)));
	return { status, headers };
}

function headersFrom(
	context: IExecuteFunctions,
	value: string | object,
	itemIndex: number,
): object {
	try {
		const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
		if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
	} catch {
		// said below
	}
	throw new NodeOperationError(context.getNode(), 'Expected Headers to be a JSON object', {
		itemIndex,
		description: 'Such as {"retry-after": "30"}.',
	});
}

/** The one that asks for the longest pause; else a refusal; else the last. */
function tellingOne(answers: Array<FeedbackRequest | undefined>): FeedbackRequest | undefined {
	const weight = ({ status, headers }: FeedbackRequest): number => {
		const pause = requestedPauseMs(headers ?? {}, Date.now());
		return (pause ?? 0) + (status === 429 || status === 503 ? 1 : 0);
	};
	return answers
		.filter((each) => each !== undefined)
		.reduce<FeedbackRequest | undefined>(
			(most, each) => (most && weight(most) > weight(each) ? most : each),
			undefined,
		);
}
