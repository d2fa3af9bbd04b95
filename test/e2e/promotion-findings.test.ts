import { randomBytes } from 'node:crypto';
import type { Promotion } from '../../sidecar/contract/promotions';
import { expectOk } from '../support/n8n/n8n-requests';
import { edit, read } from '../support/n8n/workflow-edits';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { chain, codeNode, node, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { createCredential, fresh, openScene, slug, targetId, type Scene } from './promotion-scene';

jest.setTimeout(300_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});

const into = (ids: string[], more: object = {}) => ({
	environment: 'dev',
	workflowIds: ids,
	to: 'production',
	...more,
});
const told = (findings: Promotion['plan']['blockers']) =>
	findings.map(({ code, place }) => `${code} ${place ?? ''}`).sort();

it('tells all that stands in the way and all that one should know at once, and the value of no secret', async () => {
	const { dev } = scene;
	const name = fresh('Everything');
	const secret = `ghp_${randomBytes(18).toString('hex')}`;
	const credential = await createCredential(dev, `${name} key`);
	const other = (await createWorkflow(dev, subWorkflow(`${name} other`))).id;
	const table = expectOk(
		'create a data table',
		await dev.api<{ id: string }>('/data-tables', {
			body: { name: `${name} rows`, columns: [{ name: 'price', type: 'number' }] },
		}),
	);
	const { id } = await createWorkflow(
		dev,
		chain(name, [
			node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }),
			codeNode('Work', `return [{ json: { id: '${other}' } }];`),
			node(
				'Fetch',
				'n8n-nodes-base.httpRequest',
				4.2,
				{
					url: 'http://127.0.0.1:1/never',
					authentication: 'genericCredentialType',
					genericAuthType: 'httpHeaderAuth',
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'X-Token', value: secret }] },
				},
				{ credentials: { httpHeaderAuth: credential } },
			),
			node('Rows', 'n8n-nodes-base.dataTable', 1, {
				dataTableId: { __rl: true, mode: 'id', value: table.id },
			}),
			node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
				workflowId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			}),
			node('Strange', 'n8n-nodes-made-up.strange', 1),
		]),
	);
	// The editor keeps more of a node than the public API takes.
	const { nodes, connections, versionId } = await read(dev, id);
	expectOk(
		'save as the editor does',
		await dev.rest(`/workflows/${id}`, {
			method: 'PATCH',
			body: {
				nodes: nodes.map((each) => (each.name === 'Work' ? { ...each, color: '#ff0000' } : each)),
				connections,
				versionId,
			},
		}),
	);

	const planned = await scene.operator.plan(into([id]));
	expect(told(planned.plan.blockers)).toEqual([
		'credential_unmapped nodes[Fetch].credentials.httpHeaderAuth',
		'data_table_unmapped nodes[Rows].parameters.dataTableId',
		'secret_in_workflow nodes[Fetch].parameters.headerParameters.parameters[0].value',
		'stray_id nodes[Work].parameters.jsCode',
	]);
	expect(told(planned.plan.warnings)).toEqual([
		'field_not_accepted nodes[Work].color',
		'node_type_not_seen nodes[Strange].type',
		'reference_dynamic nodes[Call].parameters.workflowId',
	]);
	expect(JSON.stringify(planned)).not.toContain(secret);
});

it('asks anew for workflows that were deleted or archived in the target', async () => {
	const { dev, production, operator } = scene;
	const names = [fresh('Deleted'), fresh('Archived')] as const;
	const ids: string[] = [];
	for (const name of names) ids.push((await createWorkflow(dev, subWorkflow(name))).id);
	const done = await operator.promote(into(ids, { publish: false }));
	const deleted = await targetId(scene, done, names[0]);
	const archived = await targetId(scene, done, names[1]);
	expectOk('delete', await production.api(`/workflows/${deleted}`, { method: 'DELETE' }));
	expectOk('archive', await production.rest(`/workflows/${archived}/archive`, { method: 'POST' }));

	const { plan } = await operator.plan(into(ids));
	expect(told(plan.blockers)).toEqual(['workflow_archived ', 'workflow_gone ']);
	const workflows = Object.fromEntries(ids.map((id) => [id, 'create']));
	const again = await operator.promote(into(ids, { mappings: { workflows } }));
	expect(again).toMatchObject({ phase: 'succeeded', reason: null });
	expect(await targetId(scene, again, names[1])).not.toBe(archived);
});

it('says that settings hold at once although the draft is only staged', async () => {
	const name = fresh('Settings');
	const { id } = await createWorkflow(scene.dev, webhookWorkflow({ name, path: slug(name) }));
	await scene.operator.promote(into([id]));
	await edit(scene.dev, id, ({ settings }) => ({
		settings: { ...settings, timezone: 'Asia/Tokyo' },
	}));
	const { plan } = await scene.operator.plan(into([id], { publish: false }));
	expect(told(plan.warnings)).toEqual(['settings_apply_at_once settings']);
});

it('is over only when the webhook is registered', async () => {
	const name = fresh('Late');
	const path = slug(name);
	const { id } = await createWorkflow(scene.dev, webhookWorkflow({ name, path }));
	let asked = 0;
	scene.proxy.clear();
	scene.proxy.add({
		when: (seen) => {
			const isProbe = seen.path === `/webhook/${path}` && seen.method !== 'OPTIONS';
			if (isProbe) asked += 1;
			return isProbe && asked <= 3;
		},
		times: Infinity,
		fate: 404,
	});
	expect((await scene.operator.promote(into([id]))).phase).toBe('succeeded');
	expect(asked).toBe(4);
});
