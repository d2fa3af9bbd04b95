import { circuitPolicy } from '../../../sidecar/circuits/circuit';
import { simulateCircuit } from '../../../sidecar/circuits/simulate';

const minute = { forMs: 60_000, callsPerSecond: 1, failureRate: 0, slowRate: 0 };
const policy = circuitPolicy({ trip: { by: 'consecutive', failures: 5 }, openMs: 10_000 });

it('lets everything through while all goes well', () => {
	const result = simulateCircuit(policy, [minute]);
	expect(result).toMatchObject({ calls: 60, allowed: 60, refused: 0, failed: 0, changes: [] });
	expect(result.pieces).toHaveLength(60);
	expect(result.pieces.every(({ allowed }) => allowed === 1)).toBe(true);
});

it('opens in an outage, probes, and closes when it is over', () => {
	const outage = { ...minute, failureRate: 1 };
	const result = simulateCircuit(policy, [minute, outage, minute]);
	expect(result.changes[0]).toEqual({ atMs: 64_000, state: 'open' });
	expect(result.changes.at(-1)?.state).toBe('closed');
	expect(result.changes.map(({ state }) => state).slice(0, 3)).toEqual([
		'open',
		'half-open',
		'open',
	]);
	// Five to open it, then one probe in ten seconds.
	expect(result.failed).toBe(10);
	expect(result.spared).toBe(50);
	expect(result.allowed + result.refused).toBe(180);
});

it('spreads a share of failures evenly', () => {
	const result = simulateCircuit(policy, [{ ...minute, failureRate: 0.25 }]);
	expect(result).toMatchObject({ failed: 15, refused: 0 });
});

it('opens by slow calls too', () => {
	const slow = circuitPolicy({ slowRate: { rate: 0.5, minimumCalls: 10, windowMs: 30_000 } });
	const result = simulateCircuit(slow, [{ ...minute, slowRate: 1 }]);
	expect(result.changes[0]).toEqual({ atMs: 9_000, state: 'open' });
});
