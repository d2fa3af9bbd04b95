import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import {
	type Circuit,
	type CircuitPolicy,
	type CircuitState,
	circuitPolicy,
	newCircuit,
	settle,
} from './circuit';
import type { CircuitStore } from './circuit-store';
import {
	type Permits,
	decideForce,
	decideOutcomes,
	decidePermits,
	decidePolicy,
	transitionOf,
} from './decide';
import type { Outcomes } from './tally';

export interface CircuitTransition {
	key: string;
	from: CircuitState;
	to: CircuitState;
}

export interface CircuitPorts {
	circuits: CircuitStore;
	newId: NewId;
	/** Told after it is kept, by the one process that made it happen. */
	onTransition(transition: CircuitTransition): void;
}

/** A circuit as it stands at a moment. */
export interface CircuitAt {
	circuit: Circuit;
	now: number;
}

/** A circuit asked for the first time is made, with `policy` or the defaults. */
export async function askPermits(
	ports: CircuitPorts,
	key: string,
	{ count, policy }: { count: number; policy: CircuitPolicy | null },
): Promise<Permits> {
	return await changing(ports, key, (row, now) => {
		const circuit = row ?? newCircuit(policy ?? circuitPolicy(), now);
		return decidePermits(circuit, count, now, ports.newId);
	});
}

/** An outcome of a circuit nobody knows makes it, so that no failure goes uncounted. */
export async function reportOutcomes(
	ports: CircuitPorts,
	key: string,
	outcomes: Outcomes,
	probes: readonly string[],
): Promise<CircuitAt> {
	if (outcomes.slow > outcomes.successes + outcomes.failures) {
		throw new OrchestrationError(
			'invalid_request',
			`Expected slow to be at most successes + failures, got ${outcomes.slow} of ${
				outcomes.successes + outcomes.failures
			}. Slow calls are counted among the successes and failures.`,
		);
	}
	return await changing(ports, key, (row, now) => {
		const circuit = decideOutcomes(row ?? newCircuit(circuitPolicy(), now), outcomes, probes, now);
		return { row: circuit, answer: { circuit, now } };
	});
}

/** @throws circuit_not_found */
export async function forceCircuit(
	ports: CircuitPorts,
	key: string,
	state: 'open' | 'closed' | null,
): Promise<CircuitAt> {
	return await changing(ports, key, (row, now) => {
		if (!row) throw unknown(key);
		const circuit = decideForce(row, state, now);
		return { row: circuit, answer: { circuit, now } };
	});
}

export async function putCircuit(
	ports: CircuitPorts,
	key: string,
	policy: CircuitPolicy,
): Promise<CircuitAt & { created: boolean }> {
	return await changing(ports, key, (row, now) => {
		const circuit = decidePolicy(row, policy, now);
		return { row: circuit, answer: { circuit, now, created: row === null } };
	});
}

/** @throws circuit_not_found */
export async function findCircuit(
	{ circuits }: Pick<CircuitPorts, 'circuits'>,
	key: string,
): Promise<CircuitAt> {
	const found = await circuits.find(key);
	if (!found) throw unknown(key);
	return { circuit: settle(found.row, found.now), now: found.now };
}

async function changing<Answer>(
	{ circuits, onTransition }: CircuitPorts,
	key: string,
	decide: (row: Circuit | null, now: number) => { row: Circuit; answer: Answer },
): Promise<Answer> {
	const { answer, transition } = await circuits.decide(key, (before, now) => {
		const { row, answer: inner } = decide(before, now);
		return { row, answer: { answer: inner, transition: transitionOf(before, row) } };
	});
	if (transition) onTransition({ key, ...transition });
	return answer;
}

function unknown(key: string): OrchestrationError {
	return new OrchestrationError(
		'circuit_not_found',
		`There is no circuit "${key}". It is made by the first permit asked for it, or by ` +
			'PUT /api/v1/circuits/{key}; GET /api/v1/circuits lists them.',
	);
}
