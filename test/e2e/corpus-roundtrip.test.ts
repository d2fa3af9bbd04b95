import type { WorkflowDefinitions } from '../../sidecar/engines/port/definitions';
import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { fingerprint } from '../../sidecar/workflow-versions/fingerprint';
import { wiresInRunningOrder } from '../../sidecar/workflow-versions/running-order';
import { definitionsOf } from '../corpus/corpus-definitions';
import { roundTrip } from '../corpus/round-trip';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { callWebhook, executionOf, publish, waitForExecution } from '../support/n8n/workflow-runs';
import { allFixtures, node, orderRouting, to } from '../unit/workflow-versions/fixtures';

jest.setTimeout(300_000);

describe('the canonical form against a real n8n', () => {
	let n8n: N8nConnection;
	let definitions: WorkflowDefinitions;

	beforeAll(async () => {
		n8n = await sharedN8n('dev');
		definitions = definitionsOf(n8n);
	});

	it.each(allFixtures())('n8n, export and n8n again keep the digest: $name', async (content) => {
		const trip = await roundTrip(definitions, content);
		expect(trip.stored).toBe(trip.given);
		expect(trip.again).toBe(trip.given);
		expect(trip.sameBytes).toBe(true);
		expect(fingerprint(trip.second)).toEqual(fingerprint(trip.first));
	});

	it('saving the same content again keeps both digests', async () => {
		const { id, content } = await definitions.create(orderRouting());
		const saved = await definitions.saveDraft(id, content);
		expect(fingerprint(saved.content)).toEqual(fingerprint(content));
		await definitions.remove(id);
	});

	it('n8n runs the targets of a node in the order we say it does', async () => {
		const path = 'running-order';
		const content = fanOut(path);
		const { id } = await definitions.create(content);
		await publish(n8n, id);
		await callWebhook(n8n, path, {});
		const execution = await waitForExecution(n8n, { workflowId: id, status: 'success' });
		const { data } = await executionOf(n8n, execution.id);
		const { resultData } = data as { resultData: { runData: Record<string, RunOfNode[]> } };
		const ran = Object.entries(resultData.runData)
			.filter(([name]) => /^[TF]\d$/.test(name))
			.sort(([, [a]], [, [b]]) => (a?.executionIndex ?? 0) - (b?.executionIndex ?? 0))
			.map(([name]) => name);
		const wires = wiresInRunningOrder(content).get('Sort out')?.get('main') ?? [];
		expect(ran).toEqual(wires.map((wire) => wire.node));
		expect(ran).toEqual(['F3', 'F2', 'T2', 'F1', 'T1']);
	});
});

interface RunOfNode {
	executionIndex: number;
}

/** Two items that leave an If by both outputs, to targets listed in another order than they are placed. */
function fanOut(path: string): WorkflowContent {
	const target = (name: string, position: [number, number]) =>
		node(name, 'n8n-nodes-base.noOp', { position });
	return {
		name: 'Running order',
		nodes: [
			node('Hook', 'n8n-nodes-base.webhook', {
				typeVersion: 2,
				parameters: { httpMethod: 'POST', path, options: {} },
			}),
			node('Both', 'n8n-nodes-base.code', {
				typeVersion: 2,
				position: [100, 0],
				parameters: { jsCode: 'return [{ json: { yes: true } }, { json: { yes: false } }];' },
			}),
			node('Sort out', 'n8n-nodes-base.if', {
				typeVersion: 2.2,
				position: [200, 0],
				parameters: {
					conditions: {
						combinator: 'and',
						options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
						conditions: [
							{
								id: 'c1',
								leftValue: '={{ $json.yes }}',
								rightValue: '',
								operator: { type: 'boolean', operation: 'true', singleValue: true },
							},
						],
					},
				},
			}),
			target('T1', [400, 300]),
			target('T2', [400, 100]),
			target('F1', [400, 200]),
			target('F2', [400, 100]),
			target('F3', [300, 100]),
		],
		connections: {
			Hook: { main: [to('Both')] },
			Both: { main: [to('Sort out')] },
			'Sort out': { main: [to('T1', 'T2'), to('F1', 'F2', 'F3')] },
		},
		settings: { executionOrder: 'v1' },
	};
}
