import type { Resource } from '../../operation';
import { cancelBulkReplay } from './cancel';
import { getBulkReplay } from './get';
import { startBulkReplay } from './start';

export const bulkReplay: Resource = {
	name: 'Bulk Replay',
	defaultOperation: 'start',
	operations: { cancel: cancelBulkReplay, get: getBulkReplay, start: startBulkReplay },
};
