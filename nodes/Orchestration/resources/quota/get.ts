import type { Quota } from '../../../../sidecar/contract/rate-limits';
import { ask, type Operation, requiredText, segment } from '../../operation';
import { tenantField } from './tenant-field';

export const getQuota: Operation = {
	name: 'Get',
	action: 'Get the quota of a tenant',
	description: 'Read what a tenant may use over all keys',
	fields: [tenantField],
	execute: async (call) =>
		await ask<Quota>(call, 'GET', `/quotas/${segment(requiredText(call, tenantField))}`),
};
