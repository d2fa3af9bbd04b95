import type { RateLimit } from '../../../../sidecar/contract/rate-limits';
import { rateLimitField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

export const getRateLimit: Operation = {
	name: 'Get',
	action: 'Get a rate limit',
	description: 'Read the pace of a limit, when the next may start, and whether it is paused',
	fields: [rateLimitField],
	execute: async (call) => {
		const key = segment(requiredText(call, rateLimitField));
		return await ask<RateLimit>(call, 'GET', `/rate-limits/${key}`);
	},
};
