import type { CircuitPolicy } from '../../sidecar/contract/circuits';
import { completePolicy, LocalCircuit } from './local-circuit';

/** A key made by an expression may be different for each item. */
const MOST_CIRCUITS = 10_000;

interface Entry {
	circuit: LocalCircuit;
	/** As text, to see a change. */
	policy: string;
	/** The object asked with last, to see at once that nothing changed. */
	given: CircuitPolicy | undefined;
}

/** All workflows of this process share it: it lives as long as n8n loads the pack once. */
const entries = new Map<string, Entry>();

/** The circuit of that key, made when it is new; the policy given last counts. */
export function localCircuit(key: string, policy?: CircuitPolicy): LocalCircuit {
	const known = entries.get(key);
	if (known && (!policy || policy === known.given)) return known.circuit;
	const full = completePolicy(policy);
	const text = JSON.stringify(full);
	if (known) {
		known.given = policy;
		if (text !== known.policy) {
			known.circuit.follow(full);
			known.policy = text;
		}
		return known.circuit;
	}
	const oldest = entries.keys().next();
	if (entries.size >= MOST_CIRCUITS && !oldest.done) entries.delete(oldest.value);
	const circuit = new LocalCircuit(full);
	entries.set(key, { circuit, policy: text, given: policy });
	return circuit;
}
