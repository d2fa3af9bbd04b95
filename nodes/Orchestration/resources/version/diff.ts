import type { VersionDiff } from '../../../../sidecar/contract/versions';
import { idField } from '../../fields';
import { type Operation, requiredText, segment } from '../../operation';

const from = idField('versionId', 'Version ID');
const to = idField('otherVersionId', 'Other Version ID');

export const diffVersions: Operation = {
	name: 'Diff',
	action: 'Compare two versions',
	description: 'Say what differs between two versions, node by node',
	fields: [from, to],
	execute: async (call) =>
		await call.sidecar.request<VersionDiff>({
			method: 'GET',
			path: `/versions/${segment(requiredText(call, from))}/diff/${segment(requiredText(call, to))}`,
			itemIndex: call.itemIndex,
		}),
};
