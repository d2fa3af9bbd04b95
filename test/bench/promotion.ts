import { startN8n } from '../support/n8n/n8n-instance';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { expectOk } from '../support/n8n/n8n-requests';
import { createWorkflow, type StoredWorkflow } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar } from '../support/sidecar/sidecar-process';
import { rounded } from './load';
import { n8nAsCode } from './n8n-as-code';
import type { Result } from './start-up';

/** BENCH_WORKFLOWS=30 for a quicker look. */
const many = Number(process.env['BENCH_WORKFLOWS'] ?? 100);
const unchanged = 5 * many;
const mostPlanMs = 10_000;

/**
 * Plan and apply of a hundred edited workflows, with all checks, beside `n8nac promote` and beside the bare
 * loop of reading one, writing it to the other instance and publishing it. And the plan of an environment
 * in which nothing has changed.
 */
export async function promotion(): Promise<Result[]> {
	const [dev, production] = [await startN8n(), await startN8n()];
	const sidecar = await startSidecar();
	try {
		const operator = operatorOf(sidecar);
		const quiet = { deadLetters: { follow: false } };
		await operator.register('dev', dev, quiet);
		await operator.register('production', production, quiet);
		const ids = await createMany(dev, 'bench-promotion', 0, many);
		const into = { environment: 'dev', workflowIds: ids, to: 'production' };
		const first = await operator.promote(into);
		if (first.phase !== 'succeeded') throw new Error(`it ${first.phase}: ${first.reason ?? ''}`);

		await editAll(dev, ids, 'ours');
		const oursMs = await timed(async () => {
			const { phase, reason } = await operator.promote(into);
			if (phase !== 'succeeded') throw new Error(`it ${phase}: ${reason ?? ''}`);
		});
		await editAll(dev, ids, 'of the loop');
		const targets = await targetsOf(production);
		const loopMs = await timed(async () => {
			for (const id of ids) await copyOne(dev, production, id, targets);
		});
		const peerMs = await n8nAsCodeMs(dev, production);

		ids.push(...(await createMany(dev, 'bench-promotion', many, unchanged)));
		const all = { ...into, workflowIds: ids, publish: false };
		const whole = await operator.plan(all);
		await operator.ended((await operator.apply(whole)).id);
		const planMs = await timed(async () => {
			const { plan } = await operator.plan(all);
			const busy = plan.changes.filter(({ action }) => action !== 'none');
			if (busy.length > 0) throw new Error(`${busy.length} of ${unchanged} are not unchanged`);
		});
		return [
			row(`promotion of ${many} edited workflows (peer: n8nac promote)`, oursMs, peerMs),
			{
				...row(`the same (peer: GET, PUT, publish in a loop, no checks)`, oursMs, loopMs),
				goal: null,
				pass: null,
			},
			{
				...row(`plan of ${unchanged} unchanged workflows (peer: the goal)`, planMs, mostPlanMs),
				goal: `ours < ${mostPlanMs} ms`,
			},
		];
	} finally {
		await sidecar.stop();
		await Promise.all([dev.stop(), production.stop()]);
	}
}

function row(name: string, ours: number, peer: number): Result {
	return {
		name,
		ours,
		peer,
		unit: 'ms',
		ratio: rounded(ours / peer),
		goal: 'ours ≤ 1.0 × peer',
		pass: ours <= peer,
	};
}

/** The same with workflows of its own, which it has promoted once before. */
async function n8nAsCodeMs(dev: N8nConnection, production: N8nConnection): Promise<number> {
	const peer = await n8nAsCode(dev, production);
	const ids = await createMany(dev, 'bench-n8nac', 0, many);
	const take = async () => {
		const workflows: StoredWorkflow[] = [];
		for (const id of ids) workflows.push(await read(dev, id));
		await peer.take(workflows);
	};
	await take();
	for (const id of Object.values(await peer.promote())) {
		expectOk('publish', await production.api(`/workflows/${id}/publish`, { body: {} }));
	}
	await editAll(dev, ids, 'theirs');
	await take();
	return await timed(async () => {
		await peer.promote();
	});
}

async function createMany(
	n8n: N8nConnection,
	name: string,
	from: number,
	to: number,
): Promise<string[]> {
	const ids: string[] = [];
	for (let at = from; at < to; at += 1) {
		const path = `${name}-${at}`;
		ids.push((await createWorkflow(n8n, webhookWorkflow({ name: path, path }))).id);
	}
	return ids;
}

async function timed(work: () => Promise<void>): Promise<number> {
	const start = performance.now();
	await work();
	return Math.round(performance.now() - start);
}

async function editAll(n8n: N8nConnection, ids: string[], mark: string): Promise<void> {
	for (const id of ids) {
		const stored = await read(n8n, id);
		const nodes = stored.nodes.map((node) =>
			node.name === 'Work' ? { ...node, parameters: { jsCode: `return []; // ${mark}` } } : node,
		);
		await write(n8n, id, { ...stored, nodes });
	}
}

/** Name → id. */
async function targetsOf(n8n: N8nConnection): Promise<Map<string, string>> {
	const { data } = expectOk(
		'list workflows',
		await n8n.api<{ data: StoredWorkflow[] }>('/workflows?limit=250'),
	);
	return new Map(data.map(({ name, id }) => [name, id]));
}

async function copyOne(
	from: N8nConnection,
	to: N8nConnection,
	id: string,
	targets: Map<string, string>,
): Promise<void> {
	const stored = await read(from, id);
	const target = targets.get(stored.name) ?? '';
	await write(to, target, stored);
	expectOk('publish', await to.api(`/workflows/${target}/publish`, { body: {} }));
}

async function read(n8n: N8nConnection, id: string): Promise<StoredWorkflow> {
	return expectOk(`show workflow ${id}`, await n8n.api<StoredWorkflow>(`/workflows/${id}`));
}

async function write(n8n: N8nConnection, id: string, body: StoredWorkflow): Promise<void> {
	const { name, nodes, connections, settings } = body;
	expectOk(
		`save workflow ${id}`,
		await n8n.api(`/workflows/${id}?publishIfActive=false`, {
			method: 'PUT',
			body: { name, nodes, connections, settings },
		}),
	);
}
