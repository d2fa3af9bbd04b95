import { isOrchestrationError } from '../../sidecar/kernel/errors';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook } from '../support/n8n/workflow-runs';
import { node, webhookWorkflow } from '../support/n8n/workflows';
import {
	connectionTo,
	contentOf,
	engineFor,
	goLive,
	nodeOf,
	type TestEngine,
} from './n8n-under-test';

let n8n: N8nConnection;
let engine: TestEngine;

beforeAll(async () => {
	n8n = await sharedN8n('engines');
	engine = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey));
}, 400_000);

const codeOf = async (attempt: Promise<unknown>): Promise<string> =>
	await attempt.then(
		() => 'no error',
		(error: unknown) => (isOrchestrationError(error) ? error.code : String(error)),
	);

it('takes a workflow from creation over publishing and editing to removal', async () => {
	const path = `life-${process.pid}`;
	const content = contentOf(webhookWorkflow({ name: 'Life', path, respond: 'lastNode' }));

	const created = await engine.definitions.create(content);
	expect(created).toMatchObject({ live: null, archived: false, content: { name: 'Life' } });
	expect(created.content.nodes.map(({ name }) => name)).toEqual(['Webhook', 'Work']);
	expect(await engine.definitions.probeWebhook({ method: 'POST', path })).toBe(false);

	await goLive(engine, created.id, path);
	expect(await engine.definitions.probeWebhook({ method: 'GET', path })).toBe(false);
	expect((await engine.definitions.get(created.id)).live?.versionId).toBe(created.draftVersionId);

	const edited = contentOf(
		webhookWorkflow({
			name: 'Life 2',
			path,
			respond: 'lastNode',
			code: 'return [{ json: { version: 2 } }];',
		}),
	);
	const draft = await engine.definitions.saveDraft(created.id, edited);
	expect(draft.draftVersionId).not.toBe(created.draftVersionId);
	expect(draft.live?.versionId).toBe(created.draftVersionId);
	expect(draft.live?.graph.nodes[1]?.parameters).toEqual({ jsCode: 'return $input.all();' });

	expect((await engine.definitions.history(created.id)).map((entry) => entry.versionId)).toEqual([
		draft.draftVersionId,
		created.draftVersionId,
	]);
	const old = await engine.definitions.graphOf(created.id, created.draftVersionId);
	expect(old.nodes).toEqual(created.content.nodes);

	await engine.definitions.publish(created.id, draft.draftVersionId);
	await until('version 2 to answer', async () => {
		const { body } = await callWebhook<{ version?: number }>(n8n, path, {});
		return body.version === 2 || undefined;
	});

	await engine.definitions.unpublish(created.id);
	await engine.definitions.remove(created.id);
	expect(await codeOf(engine.definitions.get(created.id))).toBe('workflow_not_found');
});

it('asks for a webhook without starting it, whatever methods are taken', async () => {
	const path = `probe-${process.pid}`;
	const hook = (httpMethod: string) =>
		nodeOf(
			node(`On ${httpMethod}`, 'n8n-nodes-base.webhook', 2, { httpMethod, path, options: {} }),
		);
	const { id } = await engine.definitions.create({
		name: 'Probe',
		nodes: [hook('GET'), hook('PATCH'), hook('POST')],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	await goLive(engine, id, path);
	const answers = await Promise.all(
		['GET', 'PATCH', 'POST', 'PUT', 'DELETE'].map(
			async (method) => await engine.definitions.probeWebhook({ method, path }),
		),
	);
	expect(answers).toEqual([true, true, true, false, false]);
	expect(await engine.executions.list({ workflowId: id })).toEqual([]);
});

it('keeps a description, drops what n8n does not take in, and unsets settings that are gone', async () => {
	const content = {
		...contentOf(webhookWorkflow({ name: 'Fields', path: `fields-${process.pid}` })),
		description: 'What it is for',
		settings: {
			executionOrder: 'v1',
			timezone: 'Europe/Berlin',
			executionTimeout: 60,
			callerIds: 'abc',
			unheardOf: true,
		},
	};
	content.nodes = content.nodes.map((one) => ({ ...one, issues: { parameters: {} }, color: 3 }));
	const created = await engine.definitions.create(content);
	expect(created.content).toMatchObject({
		description: 'What it is for',
		settings: { executionOrder: 'v1', timezone: 'Europe/Berlin', executionTimeout: 60 },
	});
	expect(created.content.settings).not.toHaveProperty('unheardOf');

	const bare = { ...created.content, settings: { executionOrder: 'v1' } };
	delete bare.description;
	const saved = await engine.definitions.saveDraft(created.id, bare);
	expect(saved.draftVersionId).toBe(created.draftVersionId);
	expect(saved.content.settings).toEqual({ executionOrder: 'v1', callerIds: '' });
	expect(saved.content).not.toHaveProperty('description');
});

it('never lets n8n pick a credential for a node that names none', async () => {
	const { id: credentialId } = await n8n
		.api<{ id: string }>('/credentials', {
			body: {
				name: 'Somebody else',
				type: 'httpHeaderAuth',
				data: { name: 'x', value: 'y' },
			},
		})
		.then(({ body }) => body);
	const created = await engine.definitions.create({
		name: 'No id',
		nodes: [
			{
				...node('Call', 'n8n-nodes-base.httpRequest', 4.2, {
					url: 'http://127.0.0.1:1',
					authentication: 'genericCredentialType',
					genericAuthType: 'httpHeaderAuth',
				}),
				credentials: { httpHeaderAuth: { name: 'unknown here' } },
			},
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	expect(created.content.nodes[0]?.credentials?.['httpHeaderAuth']?.id).not.toBe(credentialId);
	expect(await engine.definitions.listCredentials()).toContainEqual(
		expect.objectContaining({
			id: credentialId,
			name: 'Somebody else',
			type: 'httpHeaderAuth',
		}),
	);
	expect(await engine.definitions.testCredential(credentialId)).toMatchObject({
		result: 'untestable',
	});
});

it('says in codes why n8n refuses', async () => {
	const content = contentOf(webhookWorkflow({ name: 'Refused', path: `clash-${process.pid}` }));
	const first = await engine.definitions.create(content);
	const second = await engine.definitions.create(content);
	await goLive(engine, first.id, `clash-${process.pid}`);
	const { publish, saveDraft, graphOf, create } = {
		publish: engine.definitions.publish.bind(engine.definitions),
		saveDraft: engine.definitions.saveDraft.bind(engine.definitions),
		graphOf: engine.definitions.graphOf.bind(engine.definitions),
		create: engine.definitions.create.bind(engine.definitions),
	};
	expect(await codeOf(publish(second.id, second.draftVersionId))).toBe('engine_conflict');
	expect(await codeOf(publish(second.id, '00000000-0000-4000-8000-000000000000'))).toBe(
		'workflow_not_found',
	);
	expect(await codeOf(saveDraft('nowhere', content))).toBe('workflow_not_found');
	expect(await codeOf(graphOf(first.id, '00000000-0000-4000-8000-000000000000'))).toBe(
		'version_not_found',
	);
	const twice = { ...content, nodes: [...content.nodes, ...content.nodes] };
	expect(await codeOf(create(twice))).toBe('workflow_invalid');
	// A live one is not removed by accident.
	expect(await codeOf(engine.definitions.remove(first.id))).toBe('engine_conflict');
});

it('lists every workflow once, whole or in short', async () => {
	const { id } = await engine.definitions.create(
		contentOf(webhookWorkflow({ name: 'Listed', path: `listed-${process.pid}` })),
	);
	const short = await engine.definitions.list();
	expect(short.filter((one) => one.id === id)).toEqual([
		expect.objectContaining({ name: 'Listed', active: false, liveVersionId: null }),
	]);
	const full = await engine.definitions.listFull();
	expect(full.map((one) => one.id).sort()).toEqual(short.map((one) => one.id).sort());
	expect(full.find((one) => one.id === id)?.content.nodes).toHaveLength(2);
});

it('describes what the instance takes in, the same way each time', async () => {
	const api = await engine.definitions.describeApi();
	expect(api.workflowFields).toEqual(
		expect.arrayContaining(['name', 'nodes', 'connections', 'settings', 'description']),
	);
	expect(api.workflowFields).not.toContain('versionId');
	expect(api.settingsFields).toContain('errorWorkflow');
	expect(api.nodeFields).toContain('credentials');
	expect(await engine.definitions.describeApi()).toEqual(api);
});
