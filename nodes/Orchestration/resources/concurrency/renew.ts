import type { INodeProperties } from 'n8n-workflow';

import type { LeaseRenewal } from '../../../../sidecar/contract/rate-limits';
import { idField } from '../../fields';
import { ask, type Operation, requiredNumber, requiredText, segment } from '../../operation';
import { concurrencyKey } from './key-field';

const lease = { ...idField('leaseId', 'Lease ID'), placeholder: '={{ $json.leases[0].id }}' };
const fence: INodeProperties = {
	displayName: 'Fence',
	name: 'fence',
	type: 'number',
	default: 0,
	required: true,
	description: 'The number the lease was granted with',
};
const ttl: INodeProperties = {
	displayName: 'Time to Live (Seconds)',
	name: 'ttlSeconds',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 300,
	required: true,
	description: 'How long it lasts from now on',
};

export const renewLease: Operation = {
	name: 'Renew',
	action: 'Renew a lease',
	description: 'Let a lease last longer than it was granted for',
	fields: [concurrencyKey, lease, fence, ttl],
	execute: async (call) => {
		const body: LeaseRenewal = {
			fence: requiredNumber(call, fence, 0),
			ttlMs: Math.round(requiredNumber(call, ttl, 1) * 1000),
		};
		const key = segment(requiredText(call, concurrencyKey));
		const path = `/concurrency/${key}/leases/${segment(requiredText(call, lease))}`;
		return await ask(call, 'PATCH', path, { body });
	},
};
