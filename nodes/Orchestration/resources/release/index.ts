import type { Resource } from '../../operation';
import { createRelease } from './create';
import { exportRelease } from './export';
import { getRelease } from './get';

export const release: Resource = {
	name: 'Release',
	defaultOperation: 'create',
	operations: {
		create: createRelease,
		export: exportRelease,
		get: getRelease,
	},
};
