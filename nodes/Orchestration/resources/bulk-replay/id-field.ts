import { idField } from '../../fields';

export const bulkReplayField = {
	...idField('bulkReplayId', 'Bulk Replay ID'),
	placeholder: '0198c0de-0000-7000-8000-000000000060',
};
