import { idField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

const id = idField('releaseId', 'Release ID');

export const exportRelease: Operation = {
	name: 'Export',
	action: 'Export a release',
	description: 'Get a release as one file, to import it into another sidecar',
	fields: [id],
	execute: async (call) =>
		await ask(call, 'GET', `/releases/${segment(requiredText(call, id))}/export`),
};
