import type { ILoadOptionsFunctions, INode, INodeParameters } from 'n8n-workflow';

import {
	searchDeadLetters,
	searchEnvironments,
	searchWorkflowKeys,
	searchWorkflows,
} from '../../nodes/Orchestration/list-search';
import { searchCircuits, searchRateLimits } from '../../nodes/shared/key-search';
import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { additionalDataFor, workflowOf } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

/** What n8n hands to a search while the node is open in the editor. */
function editor(parameters: INodeParameters = {}): ILoadOptionsFunctions {
	const workflow = workflowOf(n8n, {
		nodes: [{ name: 'Orchestration', type: 'pack.orchestration', parameters }],
	});
	const additionalData = additionalDataFor(n8n, sidecar.url);
	const node = workflow.getNode('Orchestration') as INode;
	additionalData.currentNodeParameters = node.parameters;
	return new n8n.core.LoadOptionsContext(workflow, node, additionalData, '');
}

const page = (...data: object[]) => ({ body: { data, nextCursor: null } });

it('lists environments by name', async () => {
	sidecar.answer(() => page({ name: 'dev' }, { name: 'production' }));

	await expect(searchEnvironments.call(editor())).resolves.toEqual({
		results: [
			{ name: 'dev', value: 'dev' },
			{ name: 'production', value: 'production' },
		],
	});
});

it('lists the workflows of the chosen environment that match, without archived ones', async () => {
	sidecar.answer(() =>
		page(
			{ id: 'w1', name: 'Orders', archived: false },
			{ id: 'w2', name: 'Old orders', archived: true },
			{ id: 'w3', name: 'Invoices', archived: false },
		),
	);
	const environment = { __rl: true as const, mode: 'list', value: 'my env' };
	const found = await searchWorkflows.call(editor({ resource: 'version', environment }), 'order');

	expect(found.results).toEqual([{ name: 'Orders', value: 'w1' }]);
	expect(sidecar.calls[0]?.route).toBe('GET /api/v1/environments/my%20env/workflows?limit=100');
});

it('asks for no workflows before an environment is chosen', async () => {
	sidecar.answer(() => page());
	const environment = { __rl: true as const, mode: 'list', value: '' };

	await expect(searchWorkflows.call(editor({ resource: 'version', environment }))).resolves.toEqual(
		{ results: [] },
	);
	expect(sidecar.calls).toEqual([]);
});

it('lists versioned workflows by their key', async () => {
	sidecar.answer(() => page({ workflowKey: 'orders', name: 'Orders' }));

	await expect(searchWorkflowKeys.call(editor())).resolves.toEqual({
		results: [{ name: 'Orders', value: 'orders' }],
	});
});

it('lists circuits with their state, and limits with their pace', async () => {
	sidecar.answer(({ route }) =>
		route.includes('/circuits')
			? page({ key: 'billing', state: 'open' }, { key: 'mail', state: 'closed' })
			: page({ key: 'billing', limit: 5, intervalMs: 500 }),
	);

	await expect(searchCircuits.call(editor(), 'BILL')).resolves.toEqual({
		results: [{ name: 'billing (open)', value: 'billing' }],
	});
	await expect(searchRateLimits.call(editor())).resolves.toEqual({
		results: [{ name: 'billing (5 per 0.5 s)', value: 'billing' }],
	});
});

it('lists the dead letters that something can be done about', async () => {
	const letter = {
		workflowName: 'Orders',
		workflowId: 'w1',
		error: { message: 'down' },
		createdAt: '2031-04-01T12:00:00.000Z',
	};
	sidecar.answer(() =>
		page({ ...letter, id: 'l1', state: 'waiting' }, { ...letter, id: 'l2', state: 'resolved' }),
	);

	await expect(searchDeadLetters.call(editor())).resolves.toEqual({
		results: [{ name: 'Orders: down (2031-04-01 12:00)', value: 'l1' }],
	});
});

it('shows what the sidecar says no with', async () => {
	sidecar.answer(() => problem(403, 'forbidden', 'The role node may not list environments.'));

	await expect(searchEnvironments.call(editor())).rejects.toThrow(
		'The role node may not list environments.',
	);
});
