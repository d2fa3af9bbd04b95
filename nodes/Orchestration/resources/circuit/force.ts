import type { INodeProperties } from 'n8n-workflow';

import type { Circuit, ForceRequest } from '../../../../sidecar/contract/circuits';
import { circuitField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

type Choice = 'closed' | 'open' | 'release';

const state: INodeProperties = {
	displayName: 'State',
	name: 'forcedState',
	type: 'options',
	options: [
		{ name: 'Closed', value: 'closed', description: 'Let everything through, whatever fails' },
		{ name: 'Open', value: 'open', description: 'Let nothing through, until it is released' },
		{ name: 'Release', value: 'release', description: 'Let it decide by itself again' },
	],
	default: 'release',
	description: 'A forced circuit stays as it is until it is released. Needs an operator token.',
};

export const forceCircuit: Operation = {
	name: 'Force',
	action: 'Force a circuit open or closed',
	description: 'Hold a circuit open or closed, or let it decide by itself again',
	fields: [circuitField, state],
	execute: async (call) => {
		const chosen = call.context.getNodeParameter(state.name, call.itemIndex, 'release') as Choice;
		const body: ForceRequest = { state: chosen === 'release' ? null : chosen };
		const path = `/circuits/${segment(requiredText(call, circuitField))}/force`;
		return await ask<Circuit>(call, 'POST', path, { body });
	},
};
