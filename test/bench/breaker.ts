import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';

import type { CircuitPolicy } from '../../sidecar/contract/circuits';
import { localCircuit } from '../../nodes/CircuitBreaker/local-circuits';
import type { Result } from './start-up';

const CALLS = 100_000;
const ROUNDS = 9;

/** What the node does for one call in This Process (ask, call, report) beside a cockatiel policy. */
export async function breaker(): Promise<Result[]> {
	const policy: CircuitPolicy = { trip: { by: 'consecutive', failures: 5 } };
	const success = [{ failed: false, slow: false }];
	const call = async () => 1;
	const ours = async () => {
		if (localCircuit('bench', policy).permits(1, Date.now()).granted < 1) throw new Error('open');
		await call();
		localCircuit('bench').report(success, [], Date.now());
	};
	const bare = circuitBreaker(handleAll, {
		halfOpenAfter: 30_000,
		breaker: new ConsecutiveBreaker(5),
	});
	const peer = async () => void (await bare.execute(call));

	const measured = { ours: [] as number[], peer: [] as number[] };
	for (let round = 0; round < ROUNDS; round += 1) {
		// In turns, so that both meet the same machine.
		measured.ours.push(await nanosecondsPerCall(ours));
		measured.peer.push(await nanosecondsPerCall(peer));
	}
	const [oursNs, peerNs] = [median(measured.ours), median(measured.peer)];
	const ratio = Math.round((oursNs / peerNs) * 1000) / 1000;
	return [
		{
			name: 'in-process breaker decision, one call (peer: bare cockatiel policy)',
			ours: oursNs,
			peer: peerNs,
			unit: 'ns',
			ratio,
			goal: 'ours <= 1.3 x peer',
			pass: ratio <= 1.3,
		},
	];
}

async function nanosecondsPerCall(work: () => Promise<void>): Promise<number> {
	const began = performance.now();
	for (let at = 0; at < CALLS; at += 1) await work();
	return ((performance.now() - began) * 1e6) / CALLS;
}

const median = (times: number[]): number =>
	Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
