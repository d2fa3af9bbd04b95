import type { RehearsalReport } from '../../../../sidecar/contract/rehearsals';
import { idField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

const id = {
	...idField('rehearsalId', 'Rehearsal ID'),
	placeholder: '0198c0de-0000-7000-8000-000000000070',
};

export const getRehearsal: Operation = {
	name: 'Get',
	action: 'Get a rehearsal',
	description:
		'Read which letters would succeed now, which would fail, and of which nobody can tell',
	fields: [id],
	execute: async (call) =>
		await ask<RehearsalReport>(call, 'GET', `/rehearsals/${segment(requiredText(call, id))}`),
};
