import type { Circuit } from '../../../../sidecar/contract/circuits';
import { circuitField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

export const getCircuit: Operation = {
	name: 'Get',
	action: 'Get a circuit',
	description: 'Read whether a circuit is closed, open or half-open',
	fields: [circuitField],
	execute: async (call) =>
		await ask<Circuit>(call, 'GET', `/circuits/${segment(requiredText(call, circuitField))}`),
};
