import type { INodeProperties } from 'n8n-workflow';

import type { RehearsalReport } from '../../../../sidecar/contract/rehearsals';
import { environmentField, idField } from '../../fields';
import { ask, type Operation, optionsField, requiredNumber, requiredText } from '../../operation';
import { bulkReplayFilters, filterOf } from '../bulk-replay/filters';

const environment = environmentField('environment', 'Letters Of');
const where = environmentField(
	'rehearseIn',
	'Run In',
	'Environment of a lower stage than that of the letters',
);
const version: INodeProperties = {
	...idField('candidateId', 'Version ID'),
	description: 'The candidate: a version of the workflow of the letters',
};
const limit: INodeProperties = {
	displayName: 'Letters',
	name: 'letterLimit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 100 },
	default: 20,
	required: true,
	description: 'How many of the newest letters are tried out',
};
const filters = bulkReplayFilters.filter(({ name }) => name !== 'workflow');

export const startRehearsal: Operation = {
	name: 'Start',
	action: 'Rehearse dead letters',
	description: 'Try letters out against a version in a lower stage, without any effect outside',
	fields: [environment, version, where, limit, optionsField(filters, 'Filters', 'filters')],
	execute: async (call) =>
		await ask<RehearsalReport>(call, 'POST', '/rehearsals', {
			body: {
				filter: filterOf(call, requiredText(call, environment)),
				version: requiredText(call, version),
				environment: requiredText(call, where),
				limit: requiredNumber(call, limit, 1),
			},
		}),
};
