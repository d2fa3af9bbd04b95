import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ErrorClass } from '../../../../sidecar/contract/dead-letters';
import type { BulkReplayFilter } from '../../../../sidecar/contract/replays';
import { choices, collection, commaSeparated, filledIn, type OperationCall } from '../../operation';

const classes: Record<ErrorClass, string> = {
	auth: 'Auth',
	bug: 'Bug',
	data: 'Data',
	quota: 'Quota',
	transient: 'Transient',
	unknown: 'Unknown',
};

const states: Record<NonNullable<BulkReplayFilter['state']>, string> = {
	expired: 'Expired',
	scheduled: 'Scheduled',
	waiting: 'Waiting',
};

export const bulkReplayFilters: INodeProperties[] = [
	{
		displayName: 'Error Class',
		name: 'errorClass',
		type: 'options',
		options: choices(classes),
		default: 'transient',
	},
	{
		displayName: 'Incident Fingerprint',
		name: 'fingerprint',
		type: 'string',
		default: '',
		description: 'Letters of one cause: the incident of a dead letter',
	},
	{ displayName: 'Kept Before', name: 'createdTo', type: 'dateTime', default: '' },
	{ displayName: 'Kept From', name: 'createdFrom', type: 'dateTime', default: '' },
	{
		displayName: 'Letter IDs',
		name: 'ids',
		type: 'string',
		default: '',
		description: 'Only these, with commas between',
	},
	{
		displayName: 'Node',
		name: 'node',
		type: 'string',
		default: '',
		description: 'Name of the node that failed',
	},
	{
		displayName: 'State',
		name: 'state',
		type: 'options',
		options: choices(states),
		default: 'waiting',
		description: 'Without it those that wait and those that are scheduled',
	},
	{
		displayName: 'Workflow',
		name: 'workflow',
		type: 'string',
		default: '',
		description: 'ID of the workflow in its environment, or its key',
	},
];

/** What was filled in, as the sidecar takes it. */
export function filterOf(call: OperationCall, environment: string): IDataObject {
	const { ids, ...filters } = filledIn(collection(call, 'filters'));
	return {
		environment,
		...filters,
		...(ids === undefined ? {} : { ids: commaSeparated(ids) }),
		...timesOf(filters),
	};
}

/** n8n gives dates without an offset, too. */
function timesOf(filters: IDataObject): IDataObject {
	return Object.fromEntries(
		['createdFrom', 'createdTo'].flatMap((name) => {
			const time = new Date(String(filters[name]));
			return Number.isNaN(time.getTime()) ? [] : [[name, time.toISOString()]];
		}),
	);
}
