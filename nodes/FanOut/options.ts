import type { INodeProperties } from 'n8n-workflow';

import { retryOptions } from '../shared/retry/retry-fields';

const deadline: INodeProperties = {
	displayName: 'Deadline (Seconds)',
	name: 'deadlineSeconds',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description:
		'How long a run may take, further attempts included. Then it leaves by Failed, and n8n stops it between two of its nodes. 0 means no deadline.',
};

const totalDeadline: INodeProperties = {
	displayName: 'Deadline for All (Hours)',
	name: 'totalDeadlineHours',
	type: 'number',
	typeOptions: { minValue: 0 },
	displayOptions: { show: { '/mode': ['durable'] } },
	default: 24,
	description:
		'When the execution goes on whatever is still under way; that leaves by Failed. 0 means it waits for as long as it takes.',
};

/** The sidecar retries by the class of an error: connections, 408, 425, 429 and 5xx, or any. */
const onlyHere = [
	'backoff',
	'errorClasses',
	'longestPauseSeconds',
	'messagePattern',
	'obeyHeaders',
	'retryNetworkErrors',
	'statuses',
];

const shared = retryOptions
	.filter(({ name }) => name !== deadline.name)
	.map((option) =>
		onlyHere.includes(option.name)
			? { ...option, displayOptions: { show: { '/mode': ['here'] } } }
			: option,
	);

const dropNotNeeded: INodeProperties = {
	displayName: 'Leave Out What Was Not Needed',
	name: 'dropNotNeeded',
	type: 'boolean',
	displayOptions: { show: { '/policy': ['first', 'quorum'] } },
	default: false,
	description:
		'Whether items whose run was not needed any more leave by no output; otherwise they leave by Failed with the reason not-needed',
};

export const fanOutOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [...shared, deadline, totalDeadline, dropNotNeeded].sort((a, b) =>
		a.displayName < b.displayName ? -1 : 1,
	),
};
