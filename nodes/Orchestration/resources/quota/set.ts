import type { INodeProperties } from 'n8n-workflow';

import type { Quota, QuotaPolicy } from '../../../../sidecar/contract/rate-limits';
import {
	ask,
	collection,
	type Operation,
	optionsField,
	requiredNumber,
	requiredText,
	segment,
} from '../../operation';
import { tenantField } from './tenant-field';

const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'quotaLimit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 1000,
	required: true,
	description: 'Units per interval, over all keys',
};
const interval: INodeProperties = {
	displayName: 'Interval (Seconds)',
	name: 'quotaIntervalSeconds',
	type: 'number',
	typeOptions: { minValue: 0.001, numberPrecision: 3 },
	default: 3600,
	required: true,
	description: 'How long an interval is',
};
const options: INodeProperties[] = [
	{
		displayName: 'At Once',
		name: 'concurrent',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 10,
		description: 'Leases held at once, over all keys. Without it there is no limit.',
	},
	{
		displayName: 'Weight',
		name: 'weight',
		type: 'number',
		typeOptions: { minValue: 0.001, numberPrecision: 3 },
		default: 1,
		description: 'Share of a contended limit against other tenants',
	},
];

export const setQuota: Operation = {
	name: 'Set',
	action: 'Set the quota of a tenant',
	description: 'Say what a tenant may use over all keys. Needs an operator token.',
	fields: [tenantField, limit, interval, optionsField(options)],
	execute: async (call) => {
		const body: QuotaPolicy = {
			limit: requiredNumber(call, limit, 1),
			intervalMs: Math.round(requiredNumber(call, interval, 0.001) * 1000),
			...(collection(call, 'options') as Pick<QuotaPolicy, 'concurrent' | 'weight'>),
		};
		const tenant = segment(requiredText(call, tenantField));
		return await ask<Quota>(call, 'PUT', `/quotas/${tenant}`, { body });
	},
};
