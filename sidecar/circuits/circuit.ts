import type { Tally } from './tally';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** When a circuit opens. */
export type TripRule =
	| { by: 'consecutive'; failures: number }
	| { by: 'failure-rate'; rate: number; minimumCalls: number; calls: number }
	| { by: 'failure-rate'; rate: number; minimumCalls: number; windowMs: number };

export interface SlowRule {
	/** 0 to 1 */
	rate: number;
	minimumCalls: number;
	windowMs: number;
}

export interface CircuitPolicy {
	trip: TripRule;
	slowRate: SlowRule | null;
	openMs: number;
	/** Probes out at once in half-open. */
	probes: number;
	successesToClose: number;
	probeTimeoutMs: number;
}

export interface Probe {
	id: string;
	/** When it counts as lost, in milliseconds since 1970. */
	until: number;
}

/** Where a circuit stands; times in milliseconds since 1970. */
export type CircuitPhase =
	/** All may go; what they report is counted. */
	| { is: 'closed'; since: number; tally: Tally }
	/** None may go until its time. */
	| { is: 'open'; since: number; until: number }
	/** As many may go as there are probes left. */
	| { is: 'half-open'; since: number; probes: Probe[]; successes: number }
	/** Held by hand: nothing that is reported counts. */
	| { is: 'forced'; since: number; state: 'open' | 'closed' };

/** All that is kept of one circuit. */
export interface Circuit {
	policy: CircuitPolicy;
	phase: CircuitPhase;
}

export type CircuitPolicyInput = Partial<Omit<CircuitPolicy, 'slowRate'>> & {
	slowRate?: SlowRule | null;
};

/** Fills in the defaults. */
export function circuitPolicy(input: CircuitPolicyInput = {}): CircuitPolicy {
	const probes = input.probes ?? 1;
	return {
		trip: input.trip ?? { by: 'consecutive', failures: 5 },
		slowRate: input.slowRate ?? null,
		openMs: input.openMs ?? 30_000,
		probes,
		successesToClose: input.successesToClose ?? probes,
		probeTimeoutMs: input.probeTimeoutMs ?? 60_000,
	};
}

export function newCircuit(policy: CircuitPolicy, now: number): Circuit {
	return { policy, phase: closedAt(now) };
}

export function closedAt(now: number): CircuitPhase {
	return { is: 'closed', since: now, tally: { inARow: 0, last: '', failed: [], slow: [] } };
}

export function openedAt(policy: CircuitPolicy, now: number): CircuitPhase {
	return { is: 'open', since: now, until: now + policy.openMs };
}

/** What time alone does: an open circuit becomes half-open, lost probes are given up. */
export function settle(circuit: Circuit, now: number): Circuit {
	const { phase } = circuit;
	if (phase.is === 'open' && now >= phase.until) {
		return {
			...circuit,
			phase: { is: 'half-open', since: phase.until, probes: [], successes: 0 },
		};
	}
	if (phase.is !== 'half-open') return circuit;
	const probes = phase.probes.filter(({ until }) => until > now);
	return probes.length === phase.probes.length
		? circuit
		: { ...circuit, phase: { ...phase, probes } };
}

export function stateOf({ is, ...phase }: CircuitPhase): CircuitState {
	return is === 'forced' && 'state' in phase ? phase.state : (is as CircuitState);
}
