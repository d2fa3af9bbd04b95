import type { Circuit } from '../../../sidecar/circuits/circuit';
import { memoryRows } from '../../support/memory-rows';
import { movingClock } from '../../support/moving-clock';
import { circuitSuite } from './circuit-suite';

describe('circuits by the pure model', () => {
	circuitSuite(() => {
		const clock = movingClock();
		return { circuits: memoryRows<Circuit>(clock), clock };
	});
});
