import type { Circuit, CircuitPhase, CircuitPolicy } from '../circuits/circuit';
import type { CircuitStore } from '../circuits/circuit-store';
import { createDecidedRows } from './decided-rows';
import type { FleetTime } from './fleet-time';
import type { Pool } from './queryable';

export function createCircuitStore(pool: Pool, time: FleetTime): CircuitStore {
	return createDecidedRows<Circuit>(
		pool,
		{
			name: 'circuits',
			toRow: ({ policy, state }) => ({
				policy: policy as CircuitPolicy,
				phase: state as CircuitPhase,
			}),
			toColumns: ({ policy, phase }) => ({ policy, state: phase }),
		},
		time,
	);
}
