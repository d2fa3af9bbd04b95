import type { Concurrency } from '../../../../sidecar/contract/rate-limits';
import { ask, type Operation, requiredText, segment } from '../../operation';
import { concurrencyKey } from './key-field';

export const getConcurrency: Operation = {
	name: 'Get',
	action: 'Get the leases of a key',
	description: 'Read how many leases are held under a key, and by which executions',
	fields: [concurrencyKey],
	execute: async (call) => {
		const key = segment(requiredText(call, concurrencyKey));
		return await ask<Concurrency>(call, 'GET', `/concurrency/${key}`);
	},
};
