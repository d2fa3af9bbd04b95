import { type CircuitPolicy, type CircuitState, newCircuit, settle, stateOf } from './circuit';
import { decideOutcomes, decidePermits } from './decide';

/** A stretch of calls, evenly spaced. */
export interface CallStretch {
	forMs: number;
	callsPerSecond: number;
	/** Share that would fail, 0 to 1. */
	failureRate: number;
	/** Share that would be slow, 0 to 1. */
	slowRate: number;
}

export interface SimulatedCircuit {
	calls: number;
	allowed: number;
	refused: number;
	/** Of those allowed. */
	failed: number;
	/** Would have failed and were spared. */
	spared: number;
	changes: Array<{ atMs: number; state: CircuitState }>;
	/** The whole course in 60 pieces. */
	pieces: Array<{ atMs: number; allowed: number; refused: number; failed: number }>;
}

export const simulatedPieces = 60;

/** What a circuit with this policy, closed at first, would make of these calls; each answers at once. */
export function simulateCircuit(
	policy: CircuitPolicy,
	course: readonly CallStretch[],
): SimulatedCircuit {
	const totalMs = course.reduce((sum, { forMs }) => sum + forMs, 0);
	const pieceMs = totalMs / simulatedPieces;
	const result: SimulatedCircuit = {
		calls: 0,
		allowed: 0,
		refused: 0,
		failed: 0,
		spared: 0,
		changes: [],
		pieces: Array.from({ length: simulatedPieces }, (_, index) => ({
			atMs: Math.round(index * pieceMs),
			allowed: 0,
			refused: 0,
			failed: 0,
		})),
	};
	let circuit = newCircuit(policy, 0);
	let state: CircuitState = 'closed';
	let probes = 0;
	const noteState = (atMs: number) => {
		const now = stateOf(circuit.phase);
		if (now !== state) result.changes.push({ atMs: Math.round(atMs), state: (state = now) });
	};
	for (const { atMs, isFailure, isSlow } of callsOf(course)) {
		circuit = settle(circuit, atMs);
		noteState(circuit.phase.is === 'half-open' ? Math.min(circuit.phase.since, atMs) : atMs);
		const asked = decidePermits(circuit, 1, atMs, () => `probe-${++probes}`);
		circuit = asked.row;
		result.calls += 1;
		const piece = result.pieces[Math.min(simulatedPieces - 1, Math.floor(atMs / pieceMs))];
		if (asked.answer.granted === 0) {
			result.refused += 1;
			if (isFailure) result.spared += 1;
			if (piece) piece.refused += 1;
			continue;
		}
		result.allowed += 1;
		if (isFailure) result.failed += 1;
		if (piece) piece.allowed += 1;
		if (piece && isFailure) piece.failed += 1;
		const outcome = {
			successes: isFailure ? 0 : 1,
			failures: isFailure ? 1 : 0,
			slow: isSlow ? 1 : 0,
		};
		circuit = decideOutcomes(circuit, outcome, asked.answer.probes, atMs);
		noteState(atMs);
	}
	return result;
}

/** Shares are spread evenly: of a rate of 0.25 every fourth call fails. */
function* callsOf(course: readonly CallStretch[]) {
	let from = 0;
	for (const { forMs, callsPerSecond, failureRate, slowRate } of course) {
		const calls = Math.floor((forMs / 1000) * callsPerSecond);
		for (let index = 0; index < calls; index++) {
			const falls = (rate: number) => Math.floor((index + 1) * rate) > Math.floor(index * rate);
			const atMs = from + (index * 1000) / callsPerSecond;
			yield { atMs, isFailure: falls(failureRate), isSlow: falls(slowRate) };
		}
		from += forMs;
	}
}
