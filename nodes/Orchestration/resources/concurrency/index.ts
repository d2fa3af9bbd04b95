import type { Resource } from '../../operation';
import { getConcurrency } from './get';
import { releaseLease } from './release';
import { renewLease } from './renew';

export const concurrency: Resource = {
	name: 'Concurrency Lease',
	defaultOperation: 'get',
	operations: {
		get: getConcurrency,
		release: releaseLease,
		renew: renewLease,
	},
};
