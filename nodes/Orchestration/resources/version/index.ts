import type { Resource } from '../../operation';
import { createVersion } from './create';
import { diffVersions } from './diff';
import { exportVersion } from './export';
import { getVersion } from './get';
import { getManyVersions } from './get-many';

export const version: Resource = {
	name: 'Version',
	defaultOperation: 'create',
	operations: {
		create: createVersion,
		diff: diffVersions,
		export: exportVersion,
		get: getVersion,
		getAll: getManyVersions,
	},
};
