import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Join, JoinedBody, JoinRequest } from '../../sidecar/contract/joins';
import type { OrchestrationResult } from '../../sidecar/engines/temporal/orchestration/orchestrate';
import { goLiveWaiting, startTelling, toldTo } from '../e2e/parked-workflow';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { packPack } from '../support/n8n/pack';
import { until } from '../support/n8n/until';
import {
	childrenOf,
	type OrchestrationScene,
	startOrchestrationScene,
} from '../support/temporal/orchestration-scene';
import { rounded } from './load';
import type { Result } from './start-up';

const CHILDREN = Number(process.env['BENCH_CHILDREN'] ?? 1_000);
const AT_ONCE = 20;
const deadlineMs = 1_800_000;

/** The same fan-out twice: joined by the sidecar for an execution of n8n, and by Temporal. */
export async function temporalFanOut(): Promise<Result[]> {
	const n8n = await startN8n({ packs: [await packPack()] });
	const scene = await startOrchestrationScene({ n8n });
	try {
		await goLiveWaiting(n8n, 'bench-joined', { tellsCaller: true });
		await onTemporal(scene, 20);
		const joined = await byTheSidecar(scene, n8n);
		const before = memoryOf(scene);
		const temporal = await onTemporal(scene, CHILDREN);
		const after = memoryOf(scene);
		console.log(
			`resident memory in MB, before and after: ${JSON.stringify({ before, after })}; ` +
				`per child: sidecar ${rounded((joined * 1000) / CHILDREN)} ms, Temporal ${rounded((temporal * 1000) / CHILDREN)} ms`,
		);
		const ratio = rounded(joined / temporal);
		return [
			{
				name: `fan out of ${CHILDREN} n8n workflows, ${AT_ONCE} at once, orchestrated on Temporal (peer: a join of the sidecar; ratio: peer / ours)`,
				ours: temporal,
				peer: joined,
				unit: 's',
				ratio,
				goal: null,
				pass: null,
			},
		];
	} finally {
		await scene.stop();
		await n8n.stop();
	}
}

async function byTheSidecar(scene: OrchestrationScene, n8n: N8nInstance): Promise<number> {
	const waiting = await startTelling(n8n, 'bench-joined');
	const body: JoinRequest = {
		environment: 'dev',
		workflow: scene.child,
		children: childrenOf(randomUUID().slice(0, 8), CHILDREN),
		atOnce: AT_ONCE,
		parent: { ...waiting, nodeId: 'gate', visit: 0 },
	};
	const startedAt = Date.now();
	const answer = await scene.sidecar.api<Join>('/joins', { body });
	if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
	const { result } = (await until(
		'the parent to be told',
		async () => (await toldTo(n8n, waiting.executionId))?.told as JoinedBody | undefined,
		{ deadlineMs, everyMs: 250 },
	)) as JoinedBody;
	if (result.counts.succeeded !== CHILDREN) throw new Error(JSON.stringify(result.counts));
	return rounded((Date.now() - startedAt) / 1000);
}

async function onTemporal(scene: OrchestrationScene, count: number): Promise<number> {
	const startedAt = Date.now();
	const handle = await scene.start('orchestration.fanOut', {
		children: childrenOf(randomUUID().slice(0, 8), count),
		atOnce: AT_ONCE,
	});
	const { counts } = (await handle.result()) as OrchestrationResult;
	if (counts.succeeded !== count) throw new Error(JSON.stringify(counts));
	return rounded((Date.now() - startedAt) / 1000);
}

function memoryOf({ sidecar, worker, temporal }: OrchestrationScene) {
	const pids = { sidecar: sidecar.pid, worker: worker.pid, temporal: temporal.pid };
	return Object.fromEntries(
		Object.entries(pids).map(([name, pid]) => {
			const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
			return [name, Math.round(Number(kilobytes) / 1024)];
		}),
	);
}
