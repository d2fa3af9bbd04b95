import type { WorkflowContent } from '../../../sidecar/engines/port/workflow';
import {
	calledWorkflows,
	findReferences,
	needsClosing,
} from '../../../sidecar/workflow-versions/references';
import { agent, callingOthers, legacy, node, orderRouting, withNode } from './fixtures';

const one = (type: string, fields: Parameters<typeof node>[2]): WorkflowContent => ({
	name: 'One node',
	nodes: [node('N', type, fields)],
	connections: {},
	settings: {},
});

describe('references', () => {
	it('are credentials with their place', () => {
		expect(findReferences(orderRouting())).toContainEqual({
			kind: 'credential',
			type: 'httpHeaderAuth',
			id: 'ErpCred000000001',
			name: 'ERP',
			place: 'nodes[Book].credentials.httpHeaderAuth',
			node: 'Book',
			disabled: false,
		});
	});

	it('are credentials known only by a name, and disabled nodes say so', () => {
		expect(findReferences(legacy())).toEqual([
			{
				kind: 'credential',
				type: 'mattermostApi',
				id: null,
				name: 'Mattermost',
				place: 'nodes[Post].credentials.mattermostApi',
				node: 'Post',
				disabled: true,
			},
		]);
	});

	it('are workflows in every way of naming them', () => {
		const told = findReferences(callingOthers()).map((reference) => {
			switch (reference.kind) {
				case 'workflow':
					return `${reference.use} ${reference.id} at ${reference.place}`;
				case 'self':
					return `self at ${reference.place}`;
				case 'dynamic':
					return `${reference.what} ${reference.expression} at ${reference.place}`;
				default:
					return `${reference.kind} at ${reference.place}`;
			}
		});
		expect(told).toEqual([
			'call OldStyleFlow0001 at nodes[Old call].parameters.workflowId',
			'call ListedFlow000001 at nodes[Call].parameters.workflowId',
			'self at nodes[Self].parameters.workflowId',
			'call ={{ $json.flow }} at nodes[Chosen].parameters.workflowId',
			'call OldStyleFlow0001 at nodes[Carried].parameters.workflowJson.nodes[Inner call].parameters.workflowId',
			'credential at nodes[Carried].parameters.workflowJson.nodes[Inner mail].credentials.gmailOAuth2',
			'call /flows/a.json at nodes[From file].parameters.workflowPath',
			'manage ListedFlow000001 at nodes[Publish].parameters.workflowId',
			'error ErrorFlow0000001 at settings.errorWorkflow',
			'caller CallerA000000001 at settings.callerIds',
			'caller CallerB000000001 at settings.callerIds',
		]);
	});

	it('are tools, retrievers, data tables and nodes of the community', () => {
		const found = findReferences(agent());
		expect(found).toMatchObject([
			{ kind: 'webhook', address: '0b1ad7c6-5d0c-4c0e-8c55-6c2d6e9f1a01/chat' },
			{ kind: 'credential', type: 'openAiApi' },
			{ kind: 'workflow', use: 'tool', id: 'ToolFlow00000001' },
			{ kind: 'workflow', use: 'retriever', id: 'RetrieverFlow001' },
			{ kind: 'data-table', by: 'id', value: 'Table00000000001', name: 'T' },
			{
				kind: 'community-node',
				type: 'n8n-nodes-orchestration.deadLetter',
				package: 'n8n-nodes-orchestration',
				typeVersion: 1,
				place: 'nodes[Keep].type',
			},
		]);
	});

	it('are data tables by name or by expression', () => {
		const table = (mode: string, value: string) =>
			findReferences(
				one('n8n-nodes-base.dataTable', {
					parameters: { dataTableId: { __rl: true, mode, value } },
				}),
			);
		expect(table('name', 'Orders')).toMatchObject([
			{ kind: 'data-table', by: 'name', value: 'Orders' },
		]);
		expect(table('id', '={{ $json.table }}')).toMatchObject([
			{ kind: 'dynamic', what: 'data-table' },
		]);
		expect(table('list', '')).toEqual([]);
	});

	it.each([
		['a plain path', { path: '/orders/' }, 'orders', ['GET']],
		[
			'a path with variables',
			{ path: 'orders/:id', httpMethod: 'PUT' },
			'hook/orders/:id',
			['PUT'],
		],
		['no path', {}, 'hook', ['GET']],
		[
			'several methods',
			{ path: 'a', multipleMethods: true, httpMethod: ['GET', 'PUT'] },
			'a',
			['GET', 'PUT'],
		],
		['the default of several methods', { path: 'a', multipleMethods: true }, 'a', ['GET', 'POST']],
	])('are webhooks: %s', (_, parameters, address, methods) => {
		const found = findReferences(one('n8n-nodes-base.webhook', { parameters, webhookId: 'hook' }));
		expect(found).toMatchObject([{ kind: 'webhook', address, methods, webhookId: 'hook' }]);
	});

	it('are webhooks that a service registers, but not those of a waiting node', () => {
		const hooked = (type: string) => findReferences(one(type, { webhookId: 'hook' }));
		expect(hooked('n8n-nodes-base.telegramTrigger')).toMatchObject([
			{ kind: 'webhook', address: null },
		]);
		expect(hooked('n8n-nodes-base.wait')).toEqual([]);
		expect(
			findReferences(one('n8n-nodes-base.webhook', { parameters: { path: '={{ $env.P }}' } })),
		).toMatchObject([{ kind: 'dynamic', what: 'webhook' }]);
	});

	it('leave workflows of other systems alone', () => {
		const github = one('n8n-nodes-base.github', {
			parameters: { workflowId: { __rl: true, mode: 'list', value: '161335' } },
		});
		expect(findReferences(github)).toEqual([]);
	});

	it('read an expression without a variable as the text it is', () => {
		const call = one('n8n-nodes-base.executeWorkflow', {
			parameters: { workflowId: '=Flow000000000001' },
		});
		expect(calledWorkflows(call)).toEqual(['Flow000000000001']);
	});

	it('report JSON of a carried workflow that cannot be read as known only at run time', () => {
		const carried = withNode(callingOthers(), 'Carried', {
			parameters: { source: 'parameter', workflowJson: '={{ $json.flow }}' },
		});
		expect(findReferences(carried)).toContainEqual(
			expect.objectContaining({
				kind: 'dynamic',
				expression: '={{ $json.flow }}',
				node: 'Carried',
			}),
		);
	});
});

describe('the closure of a workflow', () => {
	it('holds what it calls, its tools and its error workflow, once each', () => {
		expect(calledWorkflows(callingOthers())).toEqual([
			'OldStyleFlow0001',
			'ListedFlow000001',
			'ErrorFlow0000001',
		]);
		expect(calledWorkflows(agent())).toEqual(['ToolFlow00000001', 'RetrieverFlow001']);
	});

	it('holds neither callers nor workflows that are only managed', () => {
		const open = findReferences(callingOthers()).filter((reference) => !needsClosing(reference));
		expect(open.flatMap((reference) => ('use' in reference ? [reference.use] : []))).toEqual([
			'call',
			'manage',
			'caller',
			'caller',
		]);
	});

	it('is not opened by the word for no error workflow', () => {
		expect(calledWorkflows({ ...legacy(), settings: { errorWorkflow: 'DEFAULT' } })).toEqual([]);
	});
});
