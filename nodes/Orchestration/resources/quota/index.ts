import type { Resource } from '../../operation';
import { getQuota } from './get';
import { setQuota } from './set';

export const quota: Resource = {
	name: 'Quota',
	defaultOperation: 'get',
	operations: {
		get: getQuota,
		set: setQuota,
	},
};
