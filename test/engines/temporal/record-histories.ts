import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { until } from '../../support/n8n/until';
import {
	childrenOf,
	type OrchestrationScene,
	startOrchestrationScene,
} from '../../support/temporal/orchestration-scene';

/** Runs orchestrations of each kind on the real thing and keeps their histories. */
export async function recordHistories(folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const scene = await startOrchestrationScene();
	try {
		for (const [name, record] of Object.entries(kinds)) {
			const handles = await record(scene, randomUUID().slice(0, 8));
			for (const [at, handle] of handles.entries()) {
				const json = historyToJSON(await handle.fetchHistory());
				// Names of the machine, of processes and folders on it.
				const plain = JSON.stringify(JSON.parse(json, withoutPlaces), null, '\t');
				const file = handles.length === 1 ? `${name}.json` : `${name}-${at + 1}.json`;
				writeFileSync(path.join(folder, file), `${plain}\n`);
			}
		}
	} finally {
		await scene.stop();
	}
}

function withoutPlaces(key: string, value: unknown): unknown {
	if (key === 'identity') return 'recorded';
	return key === 'stackTrace' ? '' : value;
}

type Kind = (scene: OrchestrationScene, run: string) => Promise<WorkflowHandle[]>;

const kinds: Record<string, Kind> = {
	run: async (scene, run) => {
		const handle = await scene.start('orchestration.run', { items: [{ json: { run, n: 2 } }] });
		await handle.result();
		return [handle];
	},
	'fan-out-with-retries-and-a-letter': async (scene, run) => {
		scene.supplier.answers(`/${run}/1`, 503, 200);
		scene.supplier.answers(`/${run}/2`, 400);
		const handle = await scene.start('orchestration.fanOut', {
			children: childrenOf(run, 5),
			atOnce: 2,
			policy: { mode: 'collect' },
			retry: { attempts: 3, baseDelayMs: 100 },
			deadlineMs: 600_000,
		});
		await handle.result();
		return [handle];
	},
	'fan-out-with-circuit-and-rate-limit': async (scene, run) => {
		await scene.put(`/circuits/${run}`, {
			trip: { by: 'consecutive', failures: 1 },
			openMs: 1_000,
		});
		await scene.put(`/rate-limits/${run}`, { limit: 1, intervalMs: 500 });
		scene.supplier.answers(`/${run}/0`, 503, 200);
		const handle = await scene.start('orchestration.fanOut', {
			children: childrenOf(run, 4),
			circuit: run,
			rateLimit: run,
			retry: { baseDelayMs: 100 },
		});
		await handle.result();
		return [handle];
	},
	'fan-out-that-fails': async (scene, run) => {
		scene.supplier.answers(`/${run}/0`, 400);
		const held = scene.supplier.hold(`/${run}/1`);
		const handle = await scene.start('orchestration.fanOut', { children: childrenOf(run, 3) });
		await handle.result().catch(() => undefined);
		held.release();
		return [handle];
	},
	'fan-out-canceled': async (scene, run) => {
		const held = scene.supplier.hold(`/${run}/0`);
		const handle = await scene.start('orchestration.fanOut', { children: childrenOf(run, 2) });
		await held.arrived();
		await handle.cancel();
		await handle.result().catch(() => undefined);
		held.release();
		return [handle];
	},
	'fan-out-continued': async (scene, run) => {
		const handle = await scene.start('orchestration.fanOut', {
			children: childrenOf(run, 16),
			atOnce: 4,
			eventsPerRun: 60,
		});
		await handle.result();
		const last = await handle.describe();
		const { firstExecutionRunId } = handle as unknown as { firstExecutionRunId: string };
		const runs = [firstExecutionRunId, last.runId];
		const { workflow } = scene.client;
		await until('the runs to be told apart', () => new Set(runs).size === 2 || undefined);
		return runs.map((id) => workflow.getHandle(handle.workflowId, id));
	},
};
