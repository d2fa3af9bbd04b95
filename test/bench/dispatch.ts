import type { N8nConnection } from '../support/n8n/n8n-connection';
import { startN8n } from '../support/n8n/n8n-instance';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { chain, node } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { rounded } from './load';
import type { Result } from './start-up';

const path = 'bench-dispatch';
const rounds = 5;
const perRound = 200;
const atOnce = 10;

interface Round {
	p50: number;
	perSecond: number;
}

/** A workflow run through the sidecar against calling its webhook, in turns on one n8n. */
export async function dispatch(): Promise<Result[]> {
	const n8n = await startN8n({ folder: ownTemporaryFolder('bench-n8n'), ownerPid: process.pid });
	// As it is installed; the tests look more often.
	const sidecar = await startSidecar({ env: { FOLLOW_INTERVAL: '5' } });
	try {
		const workflow = await liveWorkflow(n8n);
		await operatorOf(sidecar).register('bench', n8n, { deadLetters: { follow: true } });
		const direct = async () => await callWebhook(n8n);
		const ours = async () => await execute(sidecar, workflow);
		// Until both have compiled what they run.
		await measure(direct, 200, atOnce);
		await measure(ours, 400, atOnce);
		const alone = await inTurns(direct, ours, 100, 1);
		const together = await inTurns(direct, ours, perRound, atOnce);
		const p50 = middle(alone, ({ direct: peer, ours: own }) => own.p50 / peer.p50);
		const rate = middle(together, ({ direct: peer, ours: own }) => own.perSecond / peer.perSecond);
		return [
			{
				name: 'workflow through the sidecar, one at a time: p50 (peer: its webhook, called directly)',
				ours: p50.pair.ours.p50,
				peer: p50.pair.direct.p50,
				unit: 'ms',
				ratio: rounded(p50.ratio),
				goal: 'ratio <= 1.3',
				pass: p50.ratio <= 1.3,
			},
			{
				name: `workflow through the sidecar, ${atOnce} at once (peer: its webhook, called directly)`,
				ours: rate.pair.ours.perSecond,
				peer: rate.pair.direct.perSecond,
				unit: '/s',
				ratio: rounded(rate.ratio),
				goal: 'ratio >= 0.9',
				pass: rate.ratio >= 0.9,
			},
		];
	} finally {
		await sidecar.stop();
		await n8n.stop();
	}
}

async function liveWorkflow(n8n: N8nConnection): Promise<string> {
	const webhook = node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
		{ webhookId: path },
	);
	const set = node('Set', 'n8n-nodes-base.set', 3.4, {
		assignments: {
			assignments: [{ id: 'done', name: 'done', value: true, type: 'boolean' }],
		},
		options: {},
	});
	const { id } = await createWorkflow(n8n, chain('Bench dispatch', [webhook, set]));
	await publish(n8n, id);
	return id;
}

async function callWebhook(n8n: N8nConnection): Promise<void> {
	const response = await fetch(`${n8n.baseUrl}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: '{"order":1}',
	});
	await response.text();
	if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}

export async function execute(sidecar: SidecarProcess, workflow: string): Promise<void> {
	const response = await fetch(`${sidecar.url}/api/v1/executions`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			authorization: `Bearer ${sidecar.token}`,
		},
		body: JSON.stringify({ environment: 'bench', workflow, payload: { order: 1 }, wait: 60 }),
	});
	const body = (await response.json()) as { status?: string };
	if (body.status !== 'succeeded') throw new Error(`it ended as ${JSON.stringify(body)}`);
}

/** In turns, so that a busy moment of the machine meets both. */
export async function inTurns(
	direct: () => Promise<void>,
	ours: () => Promise<void>,
	count: number,
	concurrency: number,
): Promise<Array<{ direct: Round; ours: Round }>> {
	const pairs: Array<{ direct: Round; ours: Round }> = [];
	for (let nth = 0; nth < rounds; nth += 1) {
		pairs.push({
			direct: await measure(direct, count, concurrency),
			ours: await measure(ours, count, concurrency),
		});
	}
	return pairs;
}

export async function measure(
	ask: () => Promise<void>,
	count: number,
	concurrency: number,
): Promise<Round> {
	const times: number[] = [];
	let left = count;
	const began = performance.now();
	await Promise.all(
		Array.from({ length: concurrency }, async () => {
			while (left > 0) {
				left -= 1;
				const start = performance.now();
				await ask();
				times.push(performance.now() - start);
			}
		}),
	);
	const seconds = (performance.now() - began) / 1000;
	times.sort((one, other) => one - other);
	return {
		p50: rounded(times[Math.floor(times.length / 2)] ?? Infinity),
		perSecond: rounded(count / seconds),
	};
}

export function middle<Pair>(
	pairs: Pair[],
	ratioOf: (pair: Pair) => number,
): { pair: Pair; ratio: number } {
	const sorted = pairs
		.map((pair) => ({ pair, ratio: ratioOf(pair) }))
		.sort((one, other) => one.ratio - other.ratio);
	const found = sorted[Math.floor(sorted.length / 2)];
	if (!found) throw new Error('nothing was measured');
	return found;
}
