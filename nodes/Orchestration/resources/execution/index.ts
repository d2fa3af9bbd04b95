import type { Resource } from '../../operation';
import { cancelExecution } from './cancel';
import { getExecution } from './get';
import { getManyExecutions } from './get-many';
import { retryExecution } from './retry';
import { startExecution } from './start';

export const execution: Resource = {
	name: 'Execution',
	defaultOperation: 'start',
	operations: {
		cancel: cancelExecution,
		get: getExecution,
		getAll: getManyExecutions,
		retry: retryExecution,
		start: startExecution,
	},
};
