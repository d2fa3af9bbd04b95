import { idField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';
import { concurrencyKey } from './key-field';

const lease = {
	...idField('leaseId', 'Lease ID'),
	placeholder: '={{ $json.leases[0].id }}',
	description: 'As Get lists it',
};

export const releaseLease: Operation = {
	name: 'Release',
	action: 'Take a lease away',
	description: 'Give back the lease of an execution that hangs; its own node does so by itself',
	fields: [concurrencyKey, lease],
	execute: async (call) => {
		const key = requiredText(call, concurrencyKey);
		const leaseId = requiredText(call, lease);
		await ask(call, 'DELETE', `/concurrency/${segment(key)}/leases/${segment(leaseId)}`);
		return { released: true, key, leaseId };
	},
};
