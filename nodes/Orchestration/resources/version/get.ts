import type { Version } from '../../../../sidecar/contract/versions';
import { idField } from '../../fields';
import { type Operation, requiredText, segment } from '../../operation';

const id = idField('versionId', 'Version ID');

export const getVersion: Operation = {
	name: 'Get',
	action: 'Get a version',
	description: 'Read one version of a workflow',
	fields: [id],
	execute: async (call) =>
		await call.sidecar.request<Version>({
			method: 'GET',
			path: `/versions/${segment(requiredText(call, id))}`,
			itemIndex: call.itemIndex,
		}),
};
