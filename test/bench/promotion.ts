import { startN8n } from '../support/n8n/n8n-instance';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { expectOk } from '../support/n8n/n8n-requests';
import { createWorkflow, type StoredWorkflow } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar } from '../support/sidecar/sidecar-process';
import { rounded } from './load';
import type { Result } from './start-up';

const [many, unchanged] = [100, 500];
const mostPlanMs = 10_000;

/**
 * Plan and apply of a hundred edited workflows, with all checks, beside the loop that people write: read
 * one, write it to the other instance, publish it, next. And the plan of an environment in which
 * nothing has changed.
 */
export async function promotion(): Promise<Result[]> {
	const [dev, production] = [await startN8n(), await startN8n()];
	const sidecar = await startSidecar();
	try {
		const operator = operatorOf(sidecar);
		const quiet = { deadLetters: { follow: false } };
		await operator.register('dev', dev, quiet);
		await operator.register('production', production, quiet);
		const ids: string[] = [];
		for (let at = 0; at < many; at += 1) {
			const path = `bench-promotion-${at}`;
			ids.push((await createWorkflow(dev, webhookWorkflow({ name: path, path }))).id);
		}
		const into = { environment: 'dev', workflowIds: ids, to: 'production' };
		const first = await operator.promote(into);
		if (first.phase !== 'succeeded') throw new Error(`it ${first.phase}: ${first.reason ?? ''}`);
		const targets = await targetsOf(production);

		await editAll(dev, ids, 'ours');
		const oursMs = await timed(async () => {
			const { phase, reason } = await operator.promote(into);
			if (phase !== 'succeeded') throw new Error(`it ${phase}: ${reason ?? ''}`);
		});
		await editAll(dev, ids, 'theirs');
		const peerMs = await timed(async () => {
			for (const id of ids) await copyOne(dev, production, id, targets);
		});

		for (let at = many; at < unchanged; at += 1) {
			const path = `bench-promotion-${at}`;
			ids.push((await createWorkflow(dev, webhookWorkflow({ name: path, path }))).id);
		}
		const all = { ...into, workflowIds: ids };
		const whole = await operator.plan({ ...all, publish: false });
		await operator.ended((await operator.apply(whole)).id);
		const planMs = await timed(async () => {
			const { plan } = await operator.plan({ ...all, publish: false });
			const busy = plan.changes.filter(({ action }) => action !== 'none');
			if (busy.length > 0) throw new Error(`${busy.length} of ${unchanged} are not unchanged`);
		});
		return [
			{
				name: `promotion of ${many} edited workflows (peer: GET, PUT, publish in a loop)`,
				ours: oursMs,
				peer: peerMs,
				unit: 'ms',
				ratio: rounded(oursMs / peerMs),
				goal: 'ours ≤ 1.0 × peer',
				pass: oursMs <= peerMs,
			},
			{
				name: `plan of ${unchanged} unchanged workflows (peer: the goal)`,
				ours: planMs,
				peer: mostPlanMs,
				unit: 'ms',
				ratio: rounded(planMs / mostPlanMs),
				goal: `ours < ${mostPlanMs} ms`,
				pass: planMs < mostPlanMs,
			},
		];
	} finally {
		await sidecar.stop();
		await Promise.all([dev.stop(), production.stop()]);
	}
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
