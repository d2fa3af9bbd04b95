import { readFileSync } from 'node:fs';
import { startN8n } from '../support/n8n/n8n-instance';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar } from '../support/sidecar/sidecar-process';

export interface Result {
	name: string;
	ours: number;
	peer: number;
	unit: string;
	/** ours / peer */
	ratio: number;
	/** Null: reported without one. */
	goal: string | null;
	pass: boolean | null;
}

/** Start on a filled data folder, embedded Postgres included, and memory at rest, beside n8n's own. */
export async function startUp(): Promise<Result[]> {
	const n8n = await startN8n();
	const sidecar = await startSidecar();
	try {
		const operator = operatorOf(sidecar);
		await operator.register('dev', n8n);
		for (let at = 0; at < 20; at += 1) {
			const path = `bench-${at}`;
			const { id } = await createWorkflow(n8n, webhookWorkflow({ name: path, path }));
			await operator.snapshot('dev', id);
		}
		const startMs = await median(5, async () => await restartTime(sidecar));
		const n8nStartMs = await median(3, async () => await restartTime(n8n));
		const memory = residentMegabytes(sidecar.pid);
		const n8nMemory = residentMegabytes(n8n.pid);
		return [
			{
				name: 'start on a filled data folder, to ready (peer: n8n, warm)',
				ours: startMs,
				peer: n8nStartMs,
				unit: 'ms',
				ratio: rounded(startMs / n8nStartMs),
				goal: 'ours < 3000 ms',
				pass: startMs < 3000,
			},
			{
				name: 'memory at rest, main process (peer: n8n)',
				ours: memory,
				peer: n8nMemory,
				unit: 'MB',
				ratio: rounded(memory / n8nMemory),
				goal: 'ours < 150 MB',
				pass: memory < 150,
			},
		];
	} finally {
		await sidecar.stop();
		await n8n.stop();
	}
}

/** From the start of the process to ready, with the stop before it left out. */
async function restartTime(one: {
	kill(): Promise<void>;
	restart(): Promise<void>;
}): Promise<number> {
	await one.kill();
	const began = performance.now();
	await one.restart();
	return performance.now() - began;
}

async function median(rounds: number, measure: () => Promise<number>): Promise<number> {
	const times: number[] = [];
	for (let round = 0; round < rounds; round += 1) times.push(await measure());
	return Math.round(times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
}

function residentMegabytes(pid: number): number {
	const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
	return Math.round(Number(kilobytes) / 1024);
}

const rounded = (ratio: number) => Math.round(ratio * 1000) / 1000;
