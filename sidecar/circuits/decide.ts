import type { NewId } from '../kernel/ids';
import {
	type Circuit,
	type CircuitPolicy,
	type CircuitState,
	closedAt,
	newCircuit,
	openedAt,
	settle,
	stateOf,
} from './circuit';
import { type Outcomes, count, shouldOpen } from './tally';

export interface Permits {
	granted: number;
	state: CircuitState;
	/** When to ask again; null when all may go. */
	retryAt: number | null;
	/** Ids of the probes, empty unless half-open. */
	probes: string[];
}

interface Decided<Answer> {
	row: Circuit;
	answer: Answer;
}

/** Asked again after this long while all probes are out: one of them will have answered, most likely. */
const probeRetryMs = 1_000;

/** How many of `wanted` calls may go. */
export function decidePermits(
	before: Circuit,
	wanted: number,
	now: number,
	newId: NewId,
): Decided<Permits> {
	const circuit = settle(before, now);
	const { policy, phase } = circuit;
	const none = { granted: 0, probes: [] };
	switch (phase.is) {
		case 'closed':
			return {
				row: circuit,
				answer: { granted: wanted, state: 'closed', retryAt: null, probes: [] },
			};
		case 'open':
			return { row: circuit, answer: { ...none, state: 'open', retryAt: phase.until } };
		case 'forced':
			return {
				row: circuit,
				answer:
					phase.state === 'closed'
						? { granted: wanted, state: 'closed', retryAt: null, probes: [] }
						: { ...none, state: 'open', retryAt: now + policy.openMs },
			};
		case 'half-open': {
			const out = phase.probes.length;
			const needed = policy.successesToClose - phase.successes - out;
			const granted = Math.max(0, Math.min(wanted, policy.probes - out, needed));
			const until = now + policy.probeTimeoutMs;
			const probes = Array.from({ length: granted }, () => ({ id: newId(), until }));
			const all = [...phase.probes, ...probes];
			const firstLost = Math.min(...all.map((probe) => probe.until));
			return {
				row: granted === 0 ? circuit : { policy, phase: { ...phase, probes: all } },
				answer: {
					granted,
					state: 'half-open',
					retryAt: granted === wanted ? null : Math.min(firstLost, now + probeRetryMs),
					probes: probes.map(({ id }) => id),
				},
			};
		}
	}
}

/**
 * Takes what calls came to. In half-open only what names its probes counts: anything else was
 * allowed before the circuit opened and tells nothing new.
 */
export function decideOutcomes(
	before: Circuit,
	outcomes: Outcomes,
	probeIds: readonly string[],
	now: number,
): Circuit {
	const circuit = settle(before, now);
	const { policy, phase } = circuit;
	switch (phase.is) {
		case 'open':
		case 'forced':
			return circuit;
		case 'closed': {
			const tally = count(phase.tally, policy, outcomes, now);
			if (tally === phase.tally) return circuit;
			return {
				policy,
				phase: shouldOpen(tally, policy, now) ? openedAt(policy, now) : { ...phase, tally },
			};
		}
		case 'half-open': {
			const ids = new Set(probeIds);
			const probes = phase.probes.filter(({ id }) => !ids.has(id));
			const answered = phase.probes.length - probes.length;
			if (answered === 0) return circuit;
			if (outcomes.failures > 0) return { policy, phase: openedAt(policy, now) };
			// A probe handed back without an outcome was not used and is free for another.
			const successes = phase.successes + Math.min(answered, outcomes.successes);
			return {
				policy,
				phase:
					successes >= policy.successesToClose ? closedAt(now) : { ...phase, probes, successes },
			};
		}
	}
}

/** Holds it open or closed by hand; null releases it, an open one to be probed first. */
export function decideForce(
	before: Circuit,
	state: 'open' | 'closed' | null,
	now: number,
): Circuit {
	const circuit = settle(before, now);
	const { policy, phase } = circuit;
	if (state !== null) {
		if (phase.is === 'forced' && phase.state === state) return circuit;
		return { policy, phase: { is: 'forced', since: now, state } };
	}
	if (phase.is !== 'forced') return circuit;
	return {
		policy,
		phase:
			phase.state === 'open'
				? { is: 'half-open', since: now, probes: [], successes: 0 }
				: closedAt(now),
	};
}

/** A new policy counts anew while closed; an open circuit stays so, at most as long as is now said. */
export function decidePolicy(before: Circuit | null, policy: CircuitPolicy, now: number): Circuit {
	if (!before) return newCircuit(policy, now);
	const { phase } = settle(before, now);
	if (phase.is === 'closed') return { policy, phase: { ...closedAt(now), since: phase.since } };
	if (phase.is !== 'open') return { policy, phase };
	return { policy, phase: { ...phase, until: Math.min(phase.until, now + policy.openMs) } };
}

/** What changed for callers, null when nothing did. */
export function transitionOf(
	before: Circuit | null,
	after: Circuit,
): { from: CircuitState; to: CircuitState } | null {
	if (!before) return null;
	const from = stateOf(before.phase);
	const to = stateOf(after.phase);
	return from === to ? null : { from, to };
}
