import type { VersionExport } from '../../../../sidecar/contract/versions';
import { idField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

const id = idField('versionId', 'Version ID');

export const exportVersion: Operation = {
	name: 'Export',
	action: 'Export a version',
	description: 'Get the workflow JSON of a version, to keep it elsewhere or paste it into n8n',
	fields: [id],
	execute: async (call) =>
		await ask<VersionExport>(call, 'GET', `/versions/${segment(requiredText(call, id))}/export`),
};
