import type { Resource } from '../../operation';
import { rateLimitFeedback } from './feedback';
import { getRateLimit } from './get';
import { getManyRateLimits } from './get-many';
import { setRateLimit } from './set';

export const rateLimit: Resource = {
	name: 'Rate Limit',
	defaultOperation: 'getAll',
	operations: {
		feedback: rateLimitFeedback,
		get: getRateLimit,
		getAll: getManyRateLimits,
		set: setRateLimit,
	},
};
