import type { INodeProperties } from 'n8n-workflow';

import type { RateLimit, RateLimitPolicy } from '../../../../sidecar/contract/rate-limits';
import { rateLimitField } from '../../fields';
import {
	ask,
	collection,
	type Operation,
	optionsField,
	requiredNumber,
	requiredText,
	segment,
} from '../../operation';

const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'newLimit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 10,
	required: true,
	description: 'How many may start in each interval',
};
const interval: INodeProperties = {
	displayName: 'Interval (Seconds)',
	name: 'newIntervalSeconds',
	type: 'number',
	typeOptions: { minValue: 0.001, numberPrecision: 3 },
	default: 1,
	required: true,
	description: 'How long an interval is',
};
const burst: INodeProperties = {
	displayName: 'Burst',
	name: 'burst',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1,
	description: 'How many may start at once; 1 spaces them evenly over the interval',
};

export const setRateLimit: Operation = {
	name: 'Set',
	action: 'Set a rate limit',
	description: 'Make a limit, or change its pace for all workers at once. Needs an operator token.',
	fields: [rateLimitField, limit, interval, optionsField([burst])],
	execute: async (call) => {
		const options = collection(call, 'options') as { burst?: number };
		const body: RateLimitPolicy = {
			limit: requiredNumber(call, limit, 1),
			intervalMs: Math.round(requiredNumber(call, interval, 0.001) * 1000),
			...(options.burst ? { burst: options.burst } : {}),
		};
		const key = segment(requiredText(call, rateLimitField));
		return await ask<RateLimit>(call, 'PUT', `/rate-limits/${key}`, { body });
	},
};
