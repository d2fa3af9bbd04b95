import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { FeedbackRequest, RateLimit } from '../../../../sidecar/contract/rate-limits';
import { plainHeaders } from '../../../shared/error-facts';
import { rateLimitField } from '../../fields';
import {
	ask,
	collection,
	jsonValue,
	type Operation,
	optionsField,
	requiredNumber,
	requiredText,
	segment,
} from '../../operation';

const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'number',
	typeOptions: { minValue: 100, maxValue: 599 },
	default: 429,
	required: true,
	description: 'HTTP status the service answered with',
};
const headers: INodeProperties = {
	displayName: 'Headers',
	name: 'headers',
	type: 'json',
	default: '{}',
	description: 'Of the answer; Retry-After and the RateLimit headers count',
};

export const rateLimitFeedback: Operation = {
	name: 'Feedback',
	action: 'Tell a rate limit what a service answered',
	description: 'Slow all workers down after a 429 or Retry-After that the workflow got to know of',
	fields: [rateLimitField, status, optionsField([headers])],
	execute: async (call) => {
		const { context, itemIndex } = call;
		const given = jsonValue(call, 'Headers', collection(call, 'options')['headers'] ?? {}) ?? {};
		if (typeof given !== 'object' || Array.isArray(given)) {
			throw new NodeOperationError(context.getNode(), 'Expected "Headers" to be a JSON object', {
				itemIndex,
				description: 'Such as {"retry-after": "30"}.',
			});
		}
		const body: FeedbackRequest = {
			status: requiredNumber(call, status, 100),
			headers: plainHeaders(given as IDataObject),
		};
		const key = segment(requiredText(call, rateLimitField));
		return await ask<RateLimit>(call, 'POST', `/rate-limits/${key}/feedback`, { body });
	},
};
