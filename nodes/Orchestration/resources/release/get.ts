import type { Release } from '../../../../sidecar/contract/versions';
import { idField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

const id = idField('releaseId', 'Release ID');

export const getRelease: Operation = {
	name: 'Get',
	action: 'Get a release',
	description: 'Read which versions a release holds',
	fields: [id],
	execute: async (call) =>
		await ask<Release>(call, 'GET', `/releases/${segment(requiredText(call, id))}`),
};
