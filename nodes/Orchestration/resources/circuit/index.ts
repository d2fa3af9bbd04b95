import type { Resource } from '../../operation';
import { forceCircuit } from './force';
import { getCircuit } from './get';
import { getManyCircuits } from './get-many';

export const circuit: Resource = {
	name: 'Circuit',
	defaultOperation: 'getAll',
	operations: {
		force: forceCircuit,
		get: getCircuit,
		getAll: getManyCircuits,
	},
};
