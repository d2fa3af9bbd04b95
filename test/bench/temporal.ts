import { randomUUID } from 'node:crypto';
import { startSidecar } from '../support/sidecar/sidecar-process';
import { startTemporal } from '../support/temporal/temporal-server';
import { startTestWorker } from '../support/temporal/test-worker';
import { execute } from './dispatch';
import { callByCall, inTurns, measure, middle } from './in-turns';
import { rounded } from './load';
import type { Result } from './start-up';

const perRound = 100;
const atOnce = 20;
const taskQueue = 'bench';

/** A workflow of Temporal run through the sidecar against Temporal's own client, in turns on one server. */
export async function temporal(): Promise<Result[]> {
	const server = await startTemporal();
	const [sidecar, worker, client] = await Promise.all([
		startSidecar(),
		startTestWorker({ address: server.address, taskQueue }),
		server.client(),
	]);
	try {
		const registered = await sidecar.api('/environments/bench', {
			method: 'PUT',
			body: {
				engine: 'temporal',
				baseUrl: `http://${server.address}`,
				temporal: { taskQueue },
				stage: 'dev',
			},
		});
		if (!registered.ok) throw new Error(JSON.stringify(registered.body));
		const args = [{ order: 1 }];
		const direct = async () => {
			await client.workflow.execute('echo', { taskQueue, workflowId: randomUUID(), args });
		};
		const ours = async () => await execute(sidecar, 'echo');
		await measure(direct, 60, atOnce);
		await measure(ours, 300, atOnce);
		const alone = await callByCall(direct, ours, 150);
		const together = await inTurns(direct, ours, perRound, atOnce);
		const ratio = alone.ours / alone.direct;
		const each = middle(together, ({ direct: peer, ours: own }) => peer.perSecond / own.perSecond);
		const peer = "Temporal's client, called directly";
		return [
			{
				name: `workflow of Temporal through the sidecar, one at a time: p50 (peer: ${peer})`,
				ours: alone.ours,
				peer: alone.direct,
				unit: 'ms',
				ratio: rounded(ratio),
				goal: 'ratio <= 1.2',
				pass: ratio <= 1.2,
			},
			{
				name: `workflow of Temporal through the sidecar, ${atOnce} at once: time of the machine for each (peer: ${peer})`,
				ours: rounded(1000 / each.pair.ours.perSecond),
				peer: rounded(1000 / each.pair.direct.perSecond),
				unit: 'ms',
				ratio: rounded(each.ratio),
				goal: 'ratio <= 1.2',
				pass: each.ratio <= 1.2,
			},
		];
	} finally {
		await client.connection.close();
		await sidecar.stop();
		await worker.stop();
		await server.stop();
	}
}
