import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { IConnections, INode, IWorkflowSettings } from 'n8n-workflow';

import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { expectOk } from '../support/n8n/n8n-requests';
import { packPack } from '../support/n8n/pack';
import { until } from '../support/n8n/until';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

const EXAMPLES = path.resolve(__dirname, '../../docs/examples');
const PACK = 'n8n-nodes-orchestration';

interface Definition {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: IWorkflowSettings;
}

const example = (name: string) =>
	JSON.parse(readFileSync(path.join(EXAMPLES, name), 'utf8')) as Definition;

let n8n: N8nInstance;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	sidecar = await startScriptedSidecar();
	n8n = await startN8n({ packs: [await packPack()] });
}, 900_000);

afterAll(async () => {
	await n8n?.stop();
	await sidecar?.close();
}, 60_000);

const letters = () => sidecar.calls.filter(({ route }) => route === 'POST /api/v1/dead-letters');

async function credential(type: string, data: object): Promise<{ id: string; name: string }> {
	const body = { name: `${type} for tests`, type, data };
	return expectOk(
		'make a credential',
		await n8n.api<{ id: string; name: string }>('/credentials', { body }),
	);
}

async function publish(definition: Definition): Promise<string> {
	const { id } = expectOk(
		'save a workflow',
		await n8n.api<{ id: string }>('/workflows', { body: definition }),
	);
	expectOk('publish it', await n8n.api(`/workflows/${id}/activate`, { body: {} }));
	return id;
}

/** Posts until the webhook is there: n8n publishes after it has answered. */
async function callWebhook(at: string, payload: object): Promise<void> {
	await until(`webhook ${at}`, async () => {
		const { status } = await fetch(`${n8n.baseUrl}/webhook/${at}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(payload),
		});
		return status === 200 ? true : undefined;
	});
}

it('brings its nodes, with icons that n8n serves', async () => {
	const types = expectOk('list its node types', await typesOf('nodes'));
	const ours = types.filter(({ name }) => name.startsWith(`${PACK}.`));

	expect(ours.map(({ name }) => name).sort()).toEqual([
		`${PACK}.circuitBreaker`,
		`${PACK}.circuitBreakerTool`,
		`${PACK}.deadLetter`,
		`${PACK}.deadLetterTool`,
		`${PACK}.fanOut`,
		`${PACK}.fanOutTool`,
		`${PACK}.orchestration`,
		`${PACK}.orchestrationTool`,
		`${PACK}.orchestrationTrigger`,
		`${PACK}.rateLimit`,
		`${PACK}.rateLimitTool`,
		`${PACK}.retry`,
		`${PACK}.retryTool`,
	]);
	const icons = ours.flatMap(({ iconUrl }) => [iconUrl.light, iconUrl.dark]);
	for (const icon of icons) {
		const answer = await fetch(`${n8n.baseUrl}/${icon}`);
		expect(answer.headers.get('content-type')).toContain('svg');
	}
	expect(ours[0]?.codex?.categories).toContain('Core Nodes');
});

it('brings both credentials, usable by its nodes', async () => {
	const types = expectOk('list its credential types', await typesOf('credentials'));
	const ours = types.filter(({ name }) => name.startsWith('orchestration'));

	const users = [
		'circuitBreaker',
		'deadLetter',
		'fanOut',
		'orchestration',
		'orchestrationTrigger',
		'rateLimit',
		'retry',
	].map((node) => `${PACK}.${node}`);
	expect(ours.map(({ name, supportedNodes }) => [name, [...supportedNodes].sort()])).toEqual(
		expect.arrayContaining([
			['orchestrationApi', users],
			['orchestrationOAuth2Api', users],
		]),
	);
});

interface TypeEntry {
	name: string;
	iconUrl: { light: string; dark: string };
	codex?: { categories: string[] };
	supportedNodes: string[];
}

async function typesOf(kind: 'nodes' | 'credentials') {
	return await n8n.rest<TypeEntry[]>(`/../types/${kind}.json`);
}

describe('credential test', () => {
	const test = async (baseUrl: string) => {
		const credentials = {
			id: '',
			name: 'Sidecar',
			type: 'orchestrationApi',
			data: { baseUrl, token: 'secret-token' },
		};
		const answer = await n8n.rest<{ data: { status: string; message: string } }>(
			'/credentials/test',
			{ body: { credentials } },
		);
		return expectOk('test a credential', answer).data;
	};

	it('passes with a token the sidecar takes', async () => {
		sidecar.answer(() => ({ body: { data: [], nextCursor: null } }));

		await expect(test(sidecar.url)).resolves.toMatchObject({ status: 'OK' });
		expect(sidecar.calls).toMatchObject([
			{
				route: 'GET /api/v1/dead-letters?limit=1',
				headers: { authorization: 'Bearer secret-token' },
			},
		]);
	});

	it('fails with a token it does not take', async () => {
		sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));

		await expect(test(sidecar.url)).resolves.toMatchObject({ status: 'Error' });
	});

	it('fails when nobody is there', async () => {
		const { status, message } = await test('http://127.0.0.1:9');

		expect(status).toBe('Error');
		expect(message).toContain('ECONNREFUSED');
	});
});

it.each(readdirSync(EXAMPLES))('takes the example %s as it stands', async (file) => {
	const { status, body } = await n8n.api<Definition>('/workflows', { body: example(file) });

	expect(status).toBe(200);
	expect(body.nodes.map(({ type }) => type)).toEqual(example(file).nodes.map(({ type }) => type));
});

describe('the examples at work', () => {
	let orchestrationApi: { id: string; name: string };

	beforeAll(async () => {
		orchestrationApi = await credential('orchestrationApi', { baseUrl: sidecar.url, token: 't' });
	});

	beforeEach(() =>
		sidecar.answer(({ route }) =>
			route === 'POST /orders'
				? { status: 503, body: { message: 'closed' } }
				: { status: 201, body: { id: 'dl-1', state: 'waiting' } },
		),
	);

	const ready = (definition: Definition, path?: string): Definition => ({
		...definition,
		nodes: definition.nodes.map((node) => ({
			...node,
			...(node.type.startsWith(PACK) ? { credentials: { orchestrationApi } } : {}),
			parameters: {
				...node.parameters,
				...(node.name === 'Book order' ? { url: `${sidecar.url}/orders` } : {}),
				...(node.name === 'Webhook' && path ? { path } : {}),
			},
		})),
	});

	it('keeps a failed order with what the webhook got', async () => {
		const id = await publish(ready(example('dead-letter-error-output.json')));
		await callWebhook('orders', { order: 7 });
		const [letter] = await until('a letter', () => (letters().length > 0 ? letters() : undefined));

		expect(letter?.body).toMatchObject({
			origin: 'error-output',
			workflowId: id,
			workflowName: 'Orders with dead letters',
			executionId: expect.stringMatching(/^\d+$/) as string,
			position: { node: 'Dead Letter', run: 0, item: 0 },
			trigger: { node: 'Webhook', items: [{ json: { body: { order: 7 } } }] },
			failedInput: [{ json: { body: { order: 7 } } }],
			error: { node: 'Book order', httpStatus: 503 },
		});
	});

	it('keeps what failed in another workflow, told by the error workflow', async () => {
		const errorWorkflow = await publish(ready(example('dead-letter-error-workflow.json')));
		const failing = ready(example('dead-letter-error-output.json'), 'unguarded');
		const id = await publish({
			...failing,
			name: 'Unguarded',
			nodes: failing.nodes
				.filter(({ type }) => !type.startsWith(PACK))
				.map(({ onError: _onError, ...node }) => node),
			connections: { Webhook: failing.connections['Webhook'] ?? {} },
			settings: { errorWorkflow },
		});
		await callWebhook('unguarded', { order: 8 });
		const [letter] = await until('a letter', () => (letters().length > 0 ? letters() : undefined));

		expect(letter?.body).toMatchObject({
			origin: 'error-workflow',
			workflowId: id,
			workflowName: 'Unguarded',
			executionId: expect.stringMatching(/^\d+$/) as string,
			error: { node: 'Book order', httpStatus: 503 },
		});
	});

	it('leaves the execution failed, with the reason, when the sidecar is down', async () => {
		sidecar.answer(({ route }) =>
			route === 'POST /orders'
				? { status: 503, body: {} }
				: problem(503, 'database_unavailable', 'The database is away.'),
		);
		const id = await publish(ready(example('dead-letter-error-output.json'), 'orders-down'));
		await callWebhook('orders-down', { order: 9 });
		const query = `/executions?workflowId=${id}&status=error&includeData=true`;
		const [failed] = await until('the failed execution', async () => {
			const { body } = await n8n.api<{ data: FailedExecution[] }>(query);
			return body.data.length > 0 ? body.data : undefined;
		});

		expect(failed?.data.resultData).toMatchObject({
			lastNodeExecuted: 'Dead Letter',
			error: { message: 'The database is away.' },
		});
	});

	interface FailedExecution {
		data: { resultData: { lastNodeExecuted: string; error: { message: string } } };
	}
});

it('fetches and refreshes an access token with the OAuth2 credential', async () => {
	let handedOut = 0;
	sidecar.answer(({ route, headers }) => {
		if (route === 'POST /token') {
			return { body: { access_token: `access-${++handedOut}`, token_type: 'Bearer' } };
		}
		if (headers.authorization !== 'Bearer access-2') return { status: 401, body: {} };
		return { status: 201, body: { id: 'dl-2' } };
	});
	const orchestrationOAuth2Api = await credential('orchestrationOAuth2Api', {
		baseUrl: sidecar.url,
		accessTokenUrl: `${sidecar.url}/token`,
		clientId: 'n8n',
		clientSecret: 'secret',
		scope: '',
		authentication: 'header',
	});
	const { nodes, ...definition } = example('dead-letter-error-output.json');
	await publish({
		...definition,
		nodes: nodes
			.filter(({ name }) => ['Webhook', 'Dead Letter'].includes(name))
			.map((node) =>
				node.name === 'Webhook'
					? { ...node, parameters: { ...node.parameters, path: 'gateway' } }
					: {
							...node,
							parameters: { authentication: 'oAuth2' },
							credentials: { orchestrationOAuth2Api },
						},
			),
		connections: { Webhook: { main: [[{ node: 'Dead Letter', type: 'main', index: 0 }]] } },
	});
	await callWebhook('gateway', { order: 10 });
	await until('a letter behind the gateway', () =>
		letters().some(({ headers }) => headers.authorization === 'Bearer access-2') ? true : undefined,
	);

	expect(handedOut).toBe(2);
});

it('searches the lists of the Orchestration node as its editor does', async () => {
	const { id, name } = await credential('orchestrationApi', { baseUrl: sidecar.url, token: 't' });
	sidecar.answer(() => ({
		body: { data: [{ id: 'w1', name: 'Orders', archived: false }], nextCursor: null },
	}));
	const answer = await n8n.rest<{ data: { results: object[] } }>(
		'/dynamic-node-parameters/resource-locator-results',
		{
			body: {
				path: 'parameters.workflow',
				methodName: 'searchWorkflows',
				nodeTypeAndVersion: { name: `${PACK}.orchestration`, version: 1 },
				currentNodeParameters: {
					authentication: 'token',
					resource: 'version',
					operation: 'create',
					environment: { __rl: true, mode: 'name', value: 'dev' },
				},
				credentials: { orchestrationApi: { id, name } },
			},
		},
	);

	expect(expectOk('search a list', answer).data.results).toEqual([{ name: 'Orders', value: 'w1' }]);
	expect(sidecar.calls[0]?.route).toBe('GET /api/v1/environments/dev/workflows?limit=100');
});
