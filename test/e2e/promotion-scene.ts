import { randomUUID } from 'node:crypto';
import type { Promotion } from '../../sidecar/contract/promotions';
import { canonicalForm } from '../../sidecar/workflow-versions/canonical-form';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { startN8nProxy, type N8nProxy } from '../support/n8n/n8n-proxy';
import { expectOk, type Answer } from '../support/n8n/n8n-requests';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { edit, type FullWorkflow } from '../support/n8n/workflow-edits';
import { createWorkflow, type StoredWorkflow } from '../support/n8n/workflow-runs';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf, type Operator } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

/** Two n8n instances and a sidecar that reaches the second one through a proxy. */
export interface Scene {
	dev: N8nConnection;
	production: N8nConnection;
	/** Stands before production as the sidecar sees it. */
	proxy: N8nProxy;
	database: FreshDatabase;
	sidecar: SidecarProcess;
	operator: Operator;
	close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
	const [dev, production] = [await sharedN8n('dev'), await sharedN8n('production')];
	const proxy = await startN8nProxy(production);
	const database = await freshDatabase();
	// Scans and followers would ask n8n at moments of their own.
	const sidecar = await startSidecar({
		databaseUrl: database.connectionString,
		env: { DRIFT_SCHEDULE: 'off' },
	});
	const operator = operatorOf(sidecar);
	const quiet = { deadLetters: { follow: false } };
	await operator.register('dev', dev, quiet);
	const { baseUrl } = proxy;
	await operator.register('production', { baseUrl, apiKey: production.apiKey }, quiet);
	return {
		dev,
		production,
		proxy,
		database,
		sidecar,
		operator,
		close: async () => {
			await sidecar.stop();
			await proxy.close();
			await database.drop();
		},
	};
}

export interface LiveWorkflow {
	name: string;
	/** Its id in dev. */
	source: string;
	/** Its id in production. */
	target: string;
}

/** Brings so many workflows to production with one promotion, one for each test that wants its own. */
export async function promoteMany(
	scene: Scene,
	count: number,
	bodyOf: (index: number) => Parameters<typeof createWorkflow>[1],
): Promise<() => LiveWorkflow> {
	const made: Array<{ name: string; source: string }> = [];
	for (let at = 0; at < count; at += 1) {
		const body = bodyOf(at);
		made.push({ name: body.name, source: (await createWorkflow(scene.dev, body)).id });
	}
	const workflowIds = made.map(({ source }) => source);
	const done = await scene.operator.promote({ environment: 'dev', workflowIds, to: 'production' });
	if (done.phase !== 'succeeded') throw new Error(`the first promotion ${done.phase}`);
	const left: LiveWorkflow[] = [];
	for (const each of made) left.push({ ...each, target: await targetId(scene, done, each.name) });
	return () => {
		const next = left.shift();
		if (next) return next;
		throw new Error(`expected at most ${count} to be wanted, so raise that number`);
	};
}

/** A name that no other test uses on these instances, nor another file in the same process. */
export function fresh(name: string): string {
	return `${name} ${randomUUID().slice(0, 8)}`;
}

export function slug(name: string): string {
	return name.toLowerCase().replaceAll(' ', '-');
}

/** Names of workflows that a promotion has begun to create and not yet staged. */
export async function leftBy(n8n: N8nConnection, { id }: Promotion): Promise<string[]> {
	const { data } = expectOk(
		`find what promotion ${id} has left`,
		await n8n.api<{ data: FullWorkflow[] }>(`/workflows?name=${encodeURIComponent(id)}`),
	);
	return data.map(({ name }) => name);
}

/** The Code node "Work" gets other code. */
export async function editCode(
	n8n: N8nConnection,
	id: string,
	jsCode: string,
): Promise<FullWorkflow> {
	return await edit(n8n, id, ({ nodes }) => ({ nodes: withCode(nodes, jsCode) }));
}

function withCode(nodes: StoredWorkflow['nodes'], jsCode: string): StoredWorkflow['nodes'] {
	return nodes.map((node) => (node.name === 'Work' ? { ...node, parameters: { jsCode } } : node));
}

export function codeIn(nodes: StoredWorkflow['nodes'] | undefined): unknown {
	return nodes?.find(({ name }) => name === 'Work')?.parameters['jsCode'];
}

/**
 * All that a promotion could have changed in a workflow, apart from ids of versions; settings by what
 * they mean, since n8n cannot forget some that were once set.
 */
export function faceOf({ name, nodes, connections, settings, activeVersion }: FullWorkflow) {
	return {
		name,
		nodes,
		connections,
		settings: canonicalForm({ name, nodes: [], connections: {}, settings }).behaviour['settings'],
		live: activeVersion?.nodes ?? null,
	};
}

/** What the sidecar answers to a call that it refuses. */
export async function refusal(
	asked: Promise<Answer<unknown>>,
): Promise<{ status: number; code: unknown; detail: unknown }> {
	const { ok, status, body } = await asked;
	if (ok) throw new Error(`expected a refusal, got ${status} ${JSON.stringify(body)}`);
	const { code, detail } = body as Record<string, unknown>;
	return { status, code, detail };
}

export function stepsOf({ steps }: Promotion): string[] {
	return steps.map(({ action, status }) => `${action} ${status}`);
}

/** The id that a workflow of dev has in production. */
export async function targetId(scene: Scene, promotion: Promotion, name: string): Promise<string> {
	const key = promotion.plan.changes.find((change) => change.name === name)?.workflowKey;
	const { body } = await scene.sidecar.api<{
		data: Array<{ workflowKey: string; bindings: Record<string, string> }>;
	}>('/workflows?limit=200');
	const id = body.data.find(({ workflowKey }) => workflowKey === key)?.bindings['production'];
	if (id === undefined) throw new Error(`"${name}" has no binding in production`);
	return id;
}

export async function createCredential(
	n8n: N8nConnection,
	name: string,
): Promise<{ id: string; name: string }> {
	const { id } = expectOk(
		`create credential ${name}`,
		await n8n.api<{ id: string }>('/credentials', {
			body: { name, type: 'httpHeaderAuth', data: { name: 'X-Key', value: `value of ${name}` } },
		}),
	);
	return { id, name };
}
