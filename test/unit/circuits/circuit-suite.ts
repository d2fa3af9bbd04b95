import { type CircuitPolicyInput, circuitPolicy, stateOf } from '../../../sidecar/circuits/circuit';
import type { CircuitStore } from '../../../sidecar/circuits/circuit-store';
import {
	type CircuitPorts,
	type CircuitTransition,
	askPermits,
	findCircuit,
	forceCircuit,
	putCircuit,
	reportOutcomes,
} from '../../../sidecar/circuits/use-circuits';
import { seen } from '../../../sidecar/circuits/tally';
import type { MovingClock } from '../../support/moving-clock';

/** What every keeper of circuits must do; run by the pure model and by Postgres. */
export function circuitSuite(open: () => { circuits: CircuitStore; clock: MovingClock }): void {
	let clock: MovingClock;
	let ports: CircuitPorts;
	let transitions: CircuitTransition[];
	let nextKey = 0;
	let key = '';

	beforeEach(() => {
		const opened = open();
		({ clock } = opened);
		transitions = [];
		let nextProbe = 0;
		key = `circuit-${(nextKey += 1)}`;
		ports = {
			circuits: opened.circuits,
			newId: () => `probe-${(nextProbe += 1)}`,
			onTransition: (transition) => transitions.push(transition),
		};
	});

	const put = async (policy: CircuitPolicyInput) =>
		await putCircuit(ports, key, circuitPolicy(policy));
	const ask = async (count = 1) => await askPermits(ports, key, { count, policy: null });
	const report = async (
		outcomes: { successes?: number; failures?: number; slow?: number },
		probes: string[] = [],
	) =>
		await reportOutcomes(ports, key, { successes: 0, failures: 0, slow: 0, ...outcomes }, probes);
	const state = async () => stateOf((await findCircuit(ports, key)).circuit.phase);
	const openCircuit = async () => await report({ failures: 5 });
	const halfOpen = async () => {
		await openCircuit();
		clock.pass(30_000);
	};

	describe('a closed circuit', () => {
		it('lets all go, and is made by the first who asks', async () => {
			expect(await ask(7)).toEqual({ granted: 7, state: 'closed', retryAt: null, probes: [] });
			expect(await state()).toBe('closed');
		});

		it('takes the policy that comes with the first request, and no later one', async () => {
			const policy = circuitPolicy({ openMs: 5 });
			await askPermits(ports, key, { count: 1, policy });
			await askPermits(ports, key, { count: 1, policy: circuitPolicy({ openMs: 6 }) });
			expect((await findCircuit(ports, key)).circuit.policy.openMs).toBe(5);
		});

		it('opens at the fifth failure in a row', async () => {
			await report({ failures: 4 });
			expect(await state()).toBe('closed');
			await report({ failures: 1 });
			expect(await state()).toBe('open');
			expect(transitions).toEqual([{ key, from: 'closed', to: 'open' }]);
		});

		it('starts counting anew at a success', async () => {
			await report({ failures: 4 });
			await report({ successes: 1 });
			await report({ failures: 4 });
			expect(await state()).toBe('closed');
		});

		it('counts the failures of a report after its successes', async () => {
			await report({ failures: 4 });
			await report({ successes: 1, failures: 1 });
			expect(await state()).toBe('closed');
			await report({ successes: 1, failures: 5 });
			expect(await state()).toBe('open');
		});
	});

	describe('a failure rate over the last calls', () => {
		const trip = { by: 'failure-rate', rate: 0.5, minimumCalls: 4, calls: 10 } as const;

		it('does not open below the minimum of calls', async () => {
			await put({ trip });
			await report({ failures: 3 });
			expect(await state()).toBe('closed');
			await report({ successes: 1 });
			expect(await state()).toBe('open');
		});

		it('forgets calls beyond the last ten', async () => {
			await put({ trip });
			await report({ successes: 4 });
			await report({ failures: 3 });
			await report({ successes: 10 });
			await report({ failures: 4 });
			expect(await state()).toBe('closed');
			await report({ failures: 1 });
			expect(await state()).toBe('open');
		});

		it('shows what it counts', async () => {
			await put({ trip });
			await report({ successes: 9, failures: 3 });
			const { circuit, now } = await findCircuit(ports, key);
			expect(circuit.phase).toMatchObject({ is: 'closed' });
			if (circuit.phase.is !== 'closed') return;
			expect(seen(circuit.phase.tally, circuit.policy, now)).toEqual({
				successes: 7,
				failures: 3,
				slow: 0,
			});
		});
	});

	describe('a failure rate over time', () => {
		const trip = { by: 'failure-rate', rate: 0.5, minimumCalls: 4, windowMs: 10_000 } as const;

		it('opens when the share of failures is reached', async () => {
			await put({ trip });
			await report({ successes: 3, failures: 2 });
			expect(await state()).toBe('closed');
			clock.pass(5_000);
			await report({ failures: 1 });
			expect(await state()).toBe('open');
		});

		it('forgets what is older than the window', async () => {
			await put({ trip });
			await report({ successes: 4, failures: 3 });
			clock.pass(10_000);
			await report({ failures: 3 });
			expect(await state()).toBe('closed');
			await report({ failures: 1 });
			expect(await state()).toBe('open');
		});

		it('keeps a row small however many calls there are', async () => {
			await put({ trip });
			for (let round = 0; round < 40; round += 1) {
				clock.pass(300);
				await report({ successes: 1_000, failures: 1 });
			}
			const { circuit } = await findCircuit(ports, key);
			expect(JSON.stringify(circuit).length).toBeLessThan(1_000);
		});
	});

	describe('slow calls', () => {
		it('open it as failures do', async () => {
			await put({ slowRate: { rate: 0.5, minimumCalls: 10, windowMs: 60_000 } });
			await report({ successes: 9, slow: 9 });
			expect(await state()).toBe('closed');
			await report({ successes: 1 });
			expect(await state()).toBe('open');
		});

		it('must be among the calls reported', async () => {
			await expect(report({ successes: 1, slow: 2 })).rejects.toMatchObject({
				code: 'invalid_request',
			});
		});
	});

	describe('an open circuit', () => {
		it('lets none go and says when to ask again', async () => {
			await openCircuit();
			const retryAt = clock.now().getTime() + 30_000;
			clock.pass(29_999);
			expect(await ask(3)).toEqual({ granted: 0, state: 'open', retryAt, probes: [] });
		});

		it('takes no notice of calls that were under way when it opened', async () => {
			await openCircuit();
			await report({ successes: 100 });
			expect(await state()).toBe('open');
		});

		it('lets one probe through after its time', async () => {
			await halfOpen();
			expect(await ask(3)).toMatchObject({
				granted: 1,
				state: 'half-open',
				probes: [expect.any(String)],
			});
			expect(await ask()).toMatchObject({ granted: 0, state: 'half-open', probes: [] });
			expect(transitions).toContainEqual({ key, from: 'open', to: 'half-open' });
		});
	});

	describe('a half-open circuit', () => {
		it('closes when its probe succeeds', async () => {
			await halfOpen();
			const { probes } = await ask();
			await report({ successes: 1 }, probes);
			expect(await state()).toBe('closed');
			expect(await ask(10)).toMatchObject({ granted: 10 });
		});

		it('opens again when a probe fails, for the whole time', async () => {
			await put({ probes: 3 });
			await halfOpen();
			const { probes } = await ask(3);
			await report({ successes: 1 }, probes.slice(0, 1));
			await report({ failures: 1 }, probes.slice(1, 2));
			expect(await ask()).toMatchObject({
				state: 'open',
				retryAt: clock.now().getTime() + 30_000,
			});
			await report({ successes: 1 }, probes.slice(2));
			expect(await state()).toBe('open');
		});

		it('lets exactly as many probes through as it has, however many ask at once', async () => {
			await put({ probes: 3 });
			await halfOpen();
			const answers = await Promise.all(Array.from({ length: 40 }, async () => await ask()));
			expect(answers.filter(({ granted }) => granted === 1)).toHaveLength(3);
			expect(new Set(answers.flatMap(({ probes }) => probes)).size).toBe(3);
		});

		it('gives a place to the next probe when one succeeded and more are needed', async () => {
			await put({ probes: 1, successesToClose: 2 });
			await halfOpen();
			await report({ successes: 1 }, (await ask()).probes);
			expect(await state()).toBe('half-open');
			await report({ successes: 1 }, (await ask()).probes);
			expect(await state()).toBe('closed');
		});

		it('takes no notice of calls that were allowed before it opened', async () => {
			await halfOpen();
			const { probes } = await ask();
			await report({ successes: 5 });
			await report({ failures: 5 });
			expect(await state()).toBe('half-open');
			await report({ successes: 1 }, probes);
			expect(await state()).toBe('closed');
		});

		it('gives the place of a probe that never reports to another', async () => {
			await put({ probeTimeoutMs: 2_000 });
			await halfOpen();
			const { probes: lost } = await ask();
			clock.pass(1_999);
			expect(await ask()).toMatchObject({ granted: 0 });
			clock.pass(1);
			const { probes } = await ask();
			expect(probes).toHaveLength(1);
			await report({ successes: 1 }, lost);
			expect(await state()).toBe('half-open');
			await report({ successes: 1 }, probes);
			expect(await state()).toBe('closed');
		});

		it('takes a probe back that was not used', async () => {
			await halfOpen();
			await report({}, (await ask()).probes);
			expect(await ask()).toMatchObject({ granted: 1 });
		});
	});

	describe('a circuit held by hand', () => {
		it('stays open whatever is reported, until it is released and probed', async () => {
			await ask();
			await forceCircuit(ports, key, 'open');
			await report({ successes: 100 });
			clock.pass(1_000_000);
			expect(await ask()).toMatchObject({ granted: 0, state: 'open' });
			await forceCircuit(ports, key, null);
			expect(await ask(5)).toMatchObject({ granted: 1, state: 'half-open' });
		});

		it('stays closed whatever fails, and counts anew when released', async () => {
			await openCircuit();
			await forceCircuit(ports, key, 'closed');
			await report({ failures: 100 });
			expect(await ask(5)).toMatchObject({ granted: 5, state: 'closed' });
			await forceCircuit(ports, key, null);
			await report({ failures: 4 });
			expect(await state()).toBe('closed');
		});

		it('must be known', async () => {
			await expect(forceCircuit(ports, key, 'open')).rejects.toMatchObject({
				code: 'circuit_not_found',
			});
		});
	});

	it('goes by a new policy at once', async () => {
		expect(await put({})).toMatchObject({ created: true });
		await report({ failures: 2 });
		expect(await put({ trip: { by: 'consecutive', failures: 2 } })).toMatchObject({
			created: false,
		});
		expect(await state()).toBe('closed');
		await report({ failures: 2 });
		expect(await state()).toBe('open');
		await put({ openMs: 1_000 });
		clock.pass(1_000);
		expect(await ask()).toMatchObject({ granted: 1, state: 'half-open' });
	});

	it('does not know what nobody asked for', async () => {
		await expect(findCircuit(ports, key)).rejects.toMatchObject({ code: 'circuit_not_found' });
	});
}
