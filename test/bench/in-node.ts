import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { expectOk } from '../support/n8n/n8n-requests';
import { packPack } from '../support/n8n/pack';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { codeNode, node, webhookWorkflow, type NodeBody } from '../support/n8n/workflows';
import { startSidecar } from '../support/sidecar/sidecar-process';
import { rounded } from './load';
import type { Result } from './start-up';

const pack = 'n8n-nodes-orchestration';
const rounds = 30;

/** What a node of ours adds to a run, for each of its items, against the same workflow without it. */
export async function inNode(): Promise<Result[]> {
	const sidecar = await startSidecar({ env: { LOG_LEVEL: 'warn' } });
	const n8n = await startN8n({ packs: [await packPack()] });
	try {
		const orchestrationApi = expectOk(
			'make a credential',
			await n8n.api<{ id: string; name: string }>('/credentials', {
				body: {
					name: 'Sidecar',
					type: 'orchestrationApi',
					data: { baseUrl: sidecar.url, token: sidecar.token },
				},
			}),
		);
		const ours = (name: string, type: string, parameters: Record<string, unknown>): NodeBody =>
			node(name, `${pack}.${type}`, 1, parameters, { credentials: { orchestrationApi } });
		const nodes = {
			'Rate Limit': ours('Acquire', 'rateLimit', {
				operation: 'acquire',
				key: 'bench',
				limit: 1_000_000,
				intervalSeconds: 1,
				options: {},
			}),
			'Circuit Breaker': ours('Guard', 'circuitBreaker', {
				operation: 'guard',
				circuit: { __rl: true, mode: 'name', value: 'bench' },
				scope: 'fleet',
				options: {},
			}),
		};
		const results: Result[] = [];
		for (const items of [1, 100, 1_000]) {
			const without = await live(n8n, `without-${items}`, items, []);
			for (const [name, body] of Object.entries(nodes)) {
				const path = `${body.name.toLowerCase()}-${items}`;
				const beside = await inTurns(n8n, await live(n8n, path, items, [body]), without);
				results.push(added(name, items, beside));
			}
		}
		return results;
	} finally {
		await n8n.stop();
		await sidecar.stop();
	}
}

function added(
	name: string,
	items: number,
	{ ours, peer }: { ours: number; peer: number },
): Result {
	const each = rounded((ours - peer) / items);
	return {
		name: `${name} in a workflow, ${items} items in one call: p50 of a run, ${each} ms added an item (peer: without the node)`,
		ours,
		peer,
		unit: 'ms',
		ratio: rounded(ours / peer),
		goal: null,
		pass: null,
	};
}

/** The answer is one item, so that only the work between is measured. */
async function live(
	n8n: N8nInstance,
	path: string,
	items: number,
	between: NodeBody[],
): Promise<string> {
	const code = `return Array.from({ length: ${items} }, (_, nth) => ({ json: { nth } }));`;
	const last = codeNode('Count', 'return [{ json: { items: $input.all().length } }];');
	const body = webhookWorkflow({
		name: path,
		path,
		respond: 'lastNode',
		code,
		then: [...between, last],
	});
	await publish(n8n, (await createWorkflow(n8n, body)).id);
	return path;
}

async function inTurns(n8n: N8nInstance, ours: string, peer: string) {
	const times = { ours: [] as number[], peer: [] as number[] };
	for (let nth = -5; nth < rounds; nth += 1) {
		const [own, other] = [await run(n8n, ours), await run(n8n, peer)];
		if (nth < 0) continue;
		times.ours.push(own);
		times.peer.push(other);
	}
	return { ours: middle(times.ours), peer: middle(times.peer) };
}

async function run(n8n: N8nInstance, path: string): Promise<number> {
	const began = performance.now();
	const response = await fetch(`${n8n.baseUrl}/webhook/${path}`, { method: 'POST' });
	const text = await response.text();
	if (!response.ok || !text.includes('"items"')) throw new Error(`${path}: ${text.slice(0, 500)}`);
	return performance.now() - began;
}

const middle = (times: number[]) =>
	rounded(times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? Infinity);
