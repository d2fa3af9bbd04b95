import type { CircuitPolicy } from '../../sidecar/contract/circuits';
import { completePolicy, LocalCircuit } from '../../nodes/CircuitBreaker/local-circuit';
import { localCircuit } from '../../nodes/CircuitBreaker/local-circuits';

const ok = { failed: false, slow: false };
const failed = { failed: true, slow: false };
const slow = { failed: false, slow: true };

const circuitWith = (policy: CircuitPolicy = {}) => new LocalCircuit(completePolicy(policy));
const stateOf = (circuit: LocalCircuit, now = 0) => circuit.permits(1, now).state;
const times = <T>(count: number, value: T) => Array<T>(count).fill(value);

describe('a circuit that opens after failures in a row', () => {
	const policy: CircuitPolicy = { trip: { by: 'consecutive', failures: 3 }, openMs: 1000 };

	it('stays closed while successes come in between', () => {
		const circuit = circuitWith(policy);
		circuit.report([failed, failed, ok, failed, failed], [], 0);

		expect(circuit.permits(5, 0)).toEqual({
			allowed: true,
			granted: 5,
			state: 'closed',
			retryAt: null,
			permits: [],
		});
	});

	it('opens at the last of them and says when to ask again', () => {
		const circuit = circuitWith(policy);
		circuit.report([failed, failed, failed], [], 500);

		expect(circuit.permits(5, 1499)).toEqual({
			allowed: false,
			granted: 0,
			state: 'open',
			retryAt: new Date(1500).toISOString(),
			permits: [],
		});
	});

	it('lets exactly so many probes through, then closes on their success', () => {
		const circuit = circuitWith({ ...policy, probes: 2 });
		circuit.report(times(3, failed), [], 0);
		const first = circuit.permits(5, 1000);

		expect(first).toMatchObject({ allowed: true, granted: 2, state: 'half-open' });
		expect(circuit.permits(5, 1001)).toMatchObject({ allowed: false, granted: 0 });
		circuit.report([ok], first.permits.slice(0, 1), 1002);
		expect(stateOf(circuit, 1003)).toBe('half-open');
		circuit.report([ok], first.permits.slice(1), 1004);
		expect(stateOf(circuit, 1005)).toBe('closed');
	});

	it('opens again for the whole time when a probe fails', () => {
		const circuit = circuitWith(policy);
		circuit.report(times(3, failed), [], 0);
		const { permits } = circuit.permits(1, 1000);
		circuit.report([failed], permits, 1200);

		expect(circuit.permits(1, 2199)).toMatchObject({ state: 'open', granted: 0 });
		expect(circuit.permits(1, 2200)).toMatchObject({ state: 'half-open', granted: 1 });
	});

	it('does not listen to calls that began before it opened', () => {
		const circuit = circuitWith(policy);
		circuit.report(times(3, failed), [], 0);
		circuit.permits(1, 1000);
		circuit.report([ok, ok, ok], [], 1001);

		expect(stateOf(circuit, 1002)).toBe('half-open');
	});

	it('gives a probe that never reports to another', () => {
		const circuit = circuitWith({ ...policy, probeTimeoutMs: 300 });
		circuit.report(times(3, failed), [], 0);

		expect(circuit.permits(1, 1000).granted).toBe(1);
		expect(circuit.permits(1, 1299).granted).toBe(0);
		expect(circuit.permits(1, 1300).granted).toBe(1);
	});

	it('begins to count anew once closed', () => {
		const circuit = circuitWith(policy);
		circuit.report(times(3, failed), [], 0);
		circuit.report([ok], circuit.permits(1, 1000).permits, 1001);
		circuit.report([failed, failed], [], 1002);

		expect(stateOf(circuit, 1003)).toBe('closed');
	});
});

describe('a circuit that opens at a failure rate', () => {
	const overCalls: CircuitPolicy = {
		trip: { by: 'failure-rate', rate: 0.5, minimumCalls: 4, calls: 6 },
	};
	const overTime: CircuitPolicy = {
		trip: { by: 'failure-rate', rate: 0.5, minimumCalls: 4, windowMs: 1000 },
	};

	it.each([
		['the last calls', overCalls],
		['time', overTime],
	])('over %s opens at the rate, not below, and not with too few calls', (_what, policy) => {
		const below = circuitWith(policy);
		below.report([ok, ok, failed, ok], [], 0);
		expect(stateOf(below)).toBe('closed');

		const few = circuitWith(policy);
		few.report([failed, failed, failed], [], 0);
		expect(stateOf(few)).toBe('closed');

		const enough = circuitWith(policy);
		enough.report([ok, failed, ok, failed], [], 0);
		expect(stateOf(enough)).toBe('open');
	});

	it('over the last calls forgets the calls before', () => {
		const circuit = circuitWith(overCalls);
		circuit.report([...times(6, ok), failed, failed], [], 0);
		expect(stateOf(circuit)).toBe('closed');
		circuit.report([failed], [], 0);
		expect(stateOf(circuit)).toBe('open');
	});

	it('over time forgets what is older, also after a long silence', () => {
		const circuit = circuitWith(overTime);
		circuit.report([failed, failed, failed], [], 0);
		circuit.report([failed], [], 60_000);
		expect(stateOf(circuit, 60_000)).toBe('closed');
		circuit.report([failed, failed], [], 60_900);
		expect(stateOf(circuit, 60_900)).toBe('closed');
		circuit.report([failed], [], 60_950);
		expect(stateOf(circuit, 60_950)).toBe('open');
	});

	it('takes a rate of 100 %', () => {
		const all = circuitWith({ trip: { by: 'failure-rate', rate: 1, minimumCalls: 2, calls: 2 } });
		all.report([ok, failed], [], 0);
		expect(stateOf(all)).toBe('closed');
		all.report([failed], [], 0);
		expect(stateOf(all)).toBe('open');
	});
});

it('also opens on slow calls when told so', () => {
	const circuit = circuitWith({ slowRate: { rate: 0.5, minimumCalls: 4, windowMs: 1000 } });
	circuit.report([slow, slow, slow], [], 0);
	expect(stateOf(circuit)).toBe('closed');
	circuit.report([slow], [], 1);
	expect(stateOf(circuit, 2)).toBe('open');
});

describe('the circuits of a process', () => {
	it('are one by key, and follow the policy the node says now', () => {
		const policy = (failures: number): CircuitPolicy => ({ trip: { by: 'consecutive', failures } });
		localCircuit('a key', policy(5)).report([failed], [], 0);
		expect(localCircuit('a key')).toBe(localCircuit('a key', policy(5)));
		expect(localCircuit('a key')).not.toBe(localCircuit('another key'));

		localCircuit('a key', policy(1)).report([failed], [], 0);
		expect(stateOf(localCircuit('a key'))).toBe('open');
	});
});
