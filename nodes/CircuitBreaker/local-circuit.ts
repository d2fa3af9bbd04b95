import type { Circuit, CircuitPolicy, PermitAnswer } from '../../sidecar/contract/circuits';
import { TimeWindow } from './time-window';
import { tripOf, type Trip } from './trip';

export type FullPolicy = Circuit['policy'];

/** The same defaults as the sidecar's. */
export function completePolicy(policy: CircuitPolicy = {}): FullPolicy {
	const { slowRate, probes = 1 } = policy;
	return {
		trip: policy.trip ?? { by: 'consecutive', failures: 5 },
		openMs: policy.openMs ?? 30_000,
		probes,
		successesToClose: policy.successesToClose ?? probes,
		probeTimeoutMs: policy.probeTimeoutMs ?? 60_000,
		...(slowRate ? { slowRate } : {}),
	};
}

export interface Outcome {
	failed: boolean;
	slow: boolean;
}

type State =
	| { value: 'closed'; trip: Trip; slow: TimeWindow | undefined }
	| { value: 'open'; until: number }
	/** Probes under way, with the time when each is given up. */
	| { value: 'half-open'; probes: Map<string, number>; successes: number };

/**
 * A circuit of this process. Not cockatiel's policy around it: that wraps one call, and lets others
 * wait for its probes; here asking and reporting are two calls, in two nodes, and nobody waits.
 */
export class LocalCircuit {
	private policy: FullPolicy;
	private state: State;
	private probesGiven = 0;

	constructor(policy: FullPolicy) {
		this.policy = policy;
		this.state = closed(policy);
	}

	/** What the node says now counts from here on; counts begin anew, open stays open. */
	follow(policy: FullPolicy): void {
		this.policy = policy;
		if (this.state.value === 'closed') this.state = closed(policy);
	}

	permits(count: number, now: number): PermitAnswer {
		if (this.state.value === 'open' && now >= this.state.until) {
			this.state = { value: 'half-open', probes: new Map(), successes: 0 };
		}
		const { state } = this;
		switch (state.value) {
			case 'closed':
				return answer('closed', count, count, null);
			case 'open':
				return answer('open', count, 0, state.until);
			case 'half-open':
				return this.probes(state.probes, count, now);
		}
	}

	/** In the order in which they happened; `permits` names the probes among them. */
	report(outcomes: readonly Outcome[], permits: readonly string[], now: number): void {
		for (const outcome of outcomes) {
			if (this.state.value !== 'closed') break;
			if (this.trips(this.state, outcome, now)) this.open(now);
		}
		const { state } = this;
		if (state.value !== 'half-open') return;
		// Others began before the circuit opened: they say nothing about now.
		const answered = permits.filter((permit) => state.probes.delete(permit)).length;
		if (answered === 0) return;
		const succeeded = outcomes.filter(({ failed }) => !failed).length;
		state.successes += Math.min(answered, succeeded);
		if (succeeded < outcomes.length) this.open(now);
		else if (state.successes >= this.policy.successesToClose) this.state = closed(this.policy);
	}

	private trips(
		{ trip, slow }: Extract<State, { value: 'closed' }>,
		outcome: Outcome,
		now: number,
	): boolean {
		const failures = trip.record(outcome.failed, now);
		return (slow?.record(outcome.slow, now) ?? false) || failures;
	}

	private open(now: number): void {
		this.state = { value: 'open', until: now + this.policy.openMs };
	}

	private probes(underWay: Map<string, number>, count: number, now: number): PermitAnswer {
		const { probes, probeTimeoutMs, openMs } = this.policy;
		for (const [id, expiresAt] of underWay) if (expiresAt <= now) underWay.delete(id);
		const granted = Math.min(count, probes - underWay.size);
		const permits: string[] = [];
		for (let each = 0; each < granted; each += 1) {
			const id = `probe-${++this.probesGiven}`;
			underWay.set(id, now + probeTimeoutMs);
			permits.push(id);
		}
		const firstEnd = Math.min(now + openMs, ...underWay.values());
		return { ...answer('half-open', count, permits.length, firstEnd), permits };
	}
}

function closed(policy: FullPolicy): State {
	const { slowRate } = policy;
	return {
		value: 'closed',
		trip: tripOf(policy.trip),
		slow: slowRate && new TimeWindow(slowRate.windowMs, slowRate.rate, slowRate.minimumCalls),
	};
}

function answer(
	state: PermitAnswer['state'],
	count: number,
	granted: number,
	retryAt: number | null,
): PermitAnswer {
	return {
		allowed: granted > 0,
		granted,
		state,
		retryAt: granted === count || retryAt === null ? null : new Date(retryAt).toISOString(),
		permits: [],
	};
}
