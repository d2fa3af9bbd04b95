import type { N8nConnection } from '../support/n8n/n8n-connection';
import { startN8n } from '../support/n8n/n8n-instance';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { chain, codeNode, node, type NodeBody } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { startReceiver } from '../support/webhooks/receiver';
import { callByCall, inTurns, measure, middle } from './in-turns';
import { rounded } from './load';
import type { Result } from './start-up';

const calls = 300;
const perRound = 100;
const atOnce = 10;

/**
 * Workflows run through the sidecar against calling their webhooks, in turns on one n8n. Of 60 that a
 * webhook starts, from the wild, a quarter have up to six nodes, a tenth up to four, all more than two:
 * the goals are for six and for four, that ask a service which answers at once. Of two it is told too.
 */
export async function dispatch(): Promise<Result[]> {
	const [n8n, service] = await Promise.all([
		startN8n({ folder: ownTemporaryFolder('bench-n8n'), ownerPid: process.pid }),
		startReceiver(),
	]);
	// As it is installed; the tests look more often.
	const sidecar = await startSidecar({ env: { FOLLOW_INTERVAL: '5' } });
	try {
		await operatorOf(sidecar).register('bench', n8n, { deadLetters: { follow: true } });
		return [
			...(await against('workflow of six nodes', 'six', sixNodes(service.at('/rates')))),
			...(await against('workflow of four nodes', 'four', fourNodes(service.at('/rates')))),
			...(await against('workflow of two nodes', 'two', [done])).map((row) => ({
				...row,
				goal: null,
				pass: null,
			})),
		];
	} finally {
		await sidecar.stop();
		await n8n.stop();
		service.stop();
	}

	async function against(what: string, path: string, nodes: NodeBody[]): Promise<Result[]> {
		const workflow = await liveWorkflow(n8n, path, nodes);
		const direct = async () => await callWebhook(n8n, path);
		const ours = async () => await execute(sidecar, workflow);
		// Until both have compiled what they run.
		await measure(direct, 200, atOnce);
		await measure(ours, 400, atOnce);
		const alone = await callByCall(direct, ours, calls);
		const ratio = alone.ours / alone.direct;
		const together = await inTurns(direct, ours, perRound, atOnce);
		const rate = middle(together, ({ direct: peer, ours: own }) => own.perSecond / peer.perSecond);
		return [
			{
				name: `${what} through the sidecar, one at a time: p50 (peer: its webhook, called directly)`,
				ours: alone.ours,
				peer: alone.direct,
				unit: 'ms',
				ratio: rounded(ratio),
				goal: 'ratio <= 1.3',
				pass: ratio <= 1.3,
			},
			{
				name: `${what} through the sidecar, ${atOnce} at once (peer: its webhook, called directly)`,
				ours: rate.pair.ours.perSecond,
				peer: rate.pair.direct.perSecond,
				unit: '/s',
				ratio: rounded(rate.ratio),
				goal: 'ratio >= 0.9',
				pass: rate.ratio >= 0.9,
			},
		];
	}
}

const done = set('Done', 'done', true);

const order = set('Order', 'amount', '={{ $json.body.order * 100 }}');

function fourNodes(service: string): NodeBody[] {
	return [order, ratesFrom(service), done];
}

function sixNodes(service: string): NodeBody[] {
	return [
		order,
		codeNode('Total', 'return $input.all().map(({ json }) => ({ json: { ...json, vat: 19 } }));'),
		ratesFrom(service),
		node('Filled', 'n8n-nodes-base.filter', 2.2, {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
				conditions: [
					{
						id: 'filled',
						leftValue: '={{ $json.data }}',
						rightValue: '',
						operator: { type: 'string', operation: 'notEmpty', singleValue: true },
					},
				],
				combinator: 'and',
			},
			options: {},
		}),
		done,
	];
}

function ratesFrom(service: string): NodeBody {
	return node('Rates', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: service,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
		options: {},
	});
}

function set(name: string, field: string, value: string | boolean): NodeBody {
	const type = typeof value === 'boolean' ? 'boolean' : 'string';
	return node(name, 'n8n-nodes-base.set', 3.4, {
		assignments: { assignments: [{ id: field, name: field, value, type }] },
		options: {},
	});
}

async function liveWorkflow(n8n: N8nConnection, path: string, nodes: NodeBody[]): Promise<string> {
	const webhook = node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
		{ webhookId: path },
	);
	const { id } = await createWorkflow(n8n, chain(`Bench ${path}`, [webhook, ...nodes]));
	await publish(n8n, id);
	return id;
}

async function callWebhook(n8n: N8nConnection, path: string): Promise<void> {
	const response = await fetch(`${n8n.baseUrl}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: '{"order":1}',
	});
	const { done } = (await response.json()) as { done?: boolean };
	if (done !== true) throw new Error(`the webhook answered ${response.status}`);
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
