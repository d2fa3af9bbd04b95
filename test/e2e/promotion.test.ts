import {
	callWebhook,
	createWorkflow,
	publish,
	waitForExecution,
} from '../support/n8n/workflow-runs';
import {
	callingWorkflow,
	chain,
	codeNode,
	errorWorkflow,
	node,
	subWorkflow,
	webhookWorkflow,
} from '../support/n8n/workflows';
import { until } from '../support/n8n/until';
import { edit, named, read } from '../support/n8n/workflow-edits';
import {
	codeIn,
	createCredential,
	editCode,
	fresh,
	openScene,
	slug,
	stepsOf,
	targetId,
	type Scene,
} from './promotion-scene';

jest.setTimeout(300_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});

const promotionOf = (ids: string[], more: object = {}) => ({
	environment: 'dev',
	workflowIds: ids,
	to: 'production',
	...more,
});

describe('a workflow with a sub-workflow, an error workflow and a credential', () => {
	const child = fresh('Child');
	const errors = fresh('Errors');
	const parent = fresh('Parent');
	const path = slug(parent);
	let parentId = '';
	let mappings: { credentials: Record<string, string> };

	beforeAll(async () => {
		const { dev, production } = scene;
		const source = await createCredential(dev, fresh('Key of dev'));
		const target = await createCredential(production, fresh('Key of production'));
		mappings = { credentials: { [source.id]: target.id } };
		const childId = (await createWorkflow(dev, subWorkflow(child))).id;
		const errorsId = (await createWorkflow(dev, errorWorkflow(errors))).id;
		const body = callingWorkflow(parent, path, childId);
		const spare = node('Call out', 'n8n-nodes-base.httpRequest', 4.2, {
			url: 'http://127.0.0.1:1/never',
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
		});
		body.nodes.push({ ...spare, credentials: { httpHeaderAuth: source } });
		body.connections['Call'] = { main: [[{ node: 'Call out', type: 'main', index: 0 }]] };
		body.settings = { ...body.settings, errorWorkflow: errorsId, timezone: 'Europe/Berlin' };
		parentId = (await createWorkflow(dev, body)).id;
	});

	it('is planned with all it needs, and blocked with candidates while its credential is unknown', async () => {
		const { plan } = await scene.operator.plan(promotionOf([parentId]));
		expect(plan.changes.map(({ name, action }) => `${action} ${name}`).sort()).toEqual(
			[`create ${child}`, `create ${errors}`, `create ${parent}`].sort(),
		);
		expect(plan.changes.at(-1)?.name).toBe(parent);
		expect(plan.blockers).toMatchObject([
			{
				code: 'credential_unmapped',
				place: 'nodes[Call out].credentials.httpHeaderAuth',
				candidates: expect.arrayContaining([
					expect.objectContaining({ id: Object.values(mappings.credentials)[0] }),
				]),
			},
		]);
	});

	it('is promoted once that is mapped, and points at what the target has', async () => {
		const done = await scene.operator.promote(promotionOf([parentId], { mappings }));
		expect(done).toMatchObject({ phase: 'succeeded', reason: null });
		expect(new Set(done.steps.map(({ status }) => status))).toEqual(new Set(['done']));
		const [id, childId, errorsId] = await Promise.all(
			[parent, child, errors].map(async (name) => await targetId(scene, done, name)),
		);
		const live = await read(scene.production, id ?? '');
		const at = (name: string) => live.activeVersion?.nodes.find((each) => each.name === name);
		expect(at('Call')?.parameters).toMatchObject({ workflowId: { value: childId } });
		expect(at('Call out')?.credentials).toMatchObject({
			httpHeaderAuth: { id: Object.values(mappings.credentials)[0] },
		});
		expect(live.settings).toMatchObject({ errorWorkflow: errorsId, timezone: 'Europe/Berlin' });
		for (const each of [childId, errorsId]) {
			expect(await read(scene.production, each ?? '')).toMatchObject({ active: true });
		}
		// The sub-workflow answers, then the address that nobody listens on fails the run.
		await callWebhook(scene.production, path, { order: 7 });
		for (const workflowId of [childId ?? '', errorsId ?? '']) {
			await waitForExecution(scene.production, { workflowId, status: 'success' });
		}
	});

	it('has nothing to do when nothing has changed, and remembers the mapping', async () => {
		const again = await scene.operator.promote(promotionOf([parentId]));
		expect(again.plan.changes.map(({ action, diff }) => [action, diff])).toEqual(
			Array(3).fill(['none', '']),
		);
		expect(again).toMatchObject({ phase: 'succeeded', steps: [] });
	});
});

describe('an update', () => {
	const name = fresh('Kept');
	const path = slug(name);
	let source = '';
	let target = '';

	beforeAll(async () => {
		const body = webhookWorkflow({
			name,
			path,
			respond: 'lastNode',
			code: 'return [{ json: { v: 1 } }];',
		});
		source = (await createWorkflow(scene.dev, body)).id;
		const first = await scene.operator.promote(promotionOf([source]));
		target = await targetId(scene, first, name);
	});

	it('keeps webhook id, static and pinned data and tags of the target, and its URL', async () => {
		const own = 'own-webhook-id-of-production';
		const tag = (await scene.production.api<{ id: string }>('/tags', { body: { name } })).body;
		await scene.production.api(`/workflows/${target}/tags`, {
			method: 'PUT',
			body: [{ id: tag.id }],
		});
		const pinData = { Work: [{ json: { pinned: 'in production' } }] };
		const staticData = { global: { seen: 41 }, 'node:Webhook': { upTo: 7 } };
		const nodes = (await read(scene.production, target)).nodes.map((each) =>
			each.name === 'Webhook' ? { ...each, webhookId: own } : each,
		);
		const { connections, settings } = await read(scene.production, target);
		await scene.production.api(`/workflows/${target}?publishIfActive=false`, {
			method: 'PUT',
			body: { name, nodes, connections, settings, staticData, pinData },
		});
		await publish(scene.production, target);

		// Renamed in the source on top of it: the node is the same one, and so is its URL.
		await edit(scene.dev, source, (stored) => ({
			nodes: stored.nodes.map((each) =>
				each.name === 'Webhook' ? { ...each, name: 'Orders' } : each,
			),
			connections: { Orders: stored.connections['Webhook'] ?? { main: [] } },
		}));
		await editCode(scene.dev, source, 'return [{ json: { v: 2 } }];');
		const done = await scene.operator.promote(promotionOf([source]));
		expect(done.phase).toBe('succeeded');
		// Of the old name; nothing is left out in silence.
		expect(done.plan.warnings).toMatchObject([
			{ code: 'static_data_left', place: 'nodes[Webhook]' },
		]);
		const after = await read(scene.production, target);
		expect(after.nodes.find((each) => each.name === 'Orders')?.webhookId).toBe(own);
		expect(after).toMatchObject({ staticData, pinData, tags: [{ id: tag.id }] });
		expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 2 });
	});

	it('is only staged when it is not to be published', async () => {
		await editCode(scene.dev, source, 'return [{ json: { v: 3 } }];');
		const before = await read(scene.production, target);
		const staged = await scene.operator.promote(promotionOf([source], { publish: false }));
		expect(staged.phase).toBe('succeeded');
		const after = await read(scene.production, target);
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(codeIn(after.nodes)).toContain('v: 3');
		expect(codeIn(after.activeVersion?.nodes)).toContain('v: 2');

		const same = await scene.operator.plan(promotionOf([source], { publish: false }));
		expect(same.plan.changes).toMatchObject([{ action: 'none' }]);
		const live = await scene.operator.promote(promotionOf([source]));
		expect(live.plan.changes).toMatchObject([{ action: 'update', diff: '+ published as it is' }]);
		expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 3 });
	});

	it('takes away settings that the source does not have', async () => {
		await edit(scene.production, target, () => ({
			settings: {
				timezone: 'Europe/Paris',
				executionTimeout: 60,
				saveExecutionProgress: true,
				saveDataSuccessExecution: 'none',
				callerPolicy: 'none',
			},
		}));
		const done = await scene.operator.promote(promotionOf([source]));
		expect(done).toMatchObject({ phase: 'succeeded', plan: { warnings: [] } });
		const { settings } = await read(scene.production, target);
		expect(settings).not.toHaveProperty('timezone');
		expect(settings).not.toHaveProperty('executionTimeout');
		expect(settings).toMatchObject({
			saveExecutionProgress: false,
			saveDataSuccessExecution: 'all',
			callerPolicy: 'workflowsFromSameOwner',
		});
	});
});

it('publishes two new workflows that call each other', async () => {
	const [ping, pong] = [fresh('Ping'), fresh('Pong')];
	const calls = (name: string, callee: string) =>
		chain(name, [
			node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }),
			codeNode('Work', 'return [];'),
			node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
				workflowId: { __rl: true, mode: 'id', value: callee },
				workflowInputs: { mappingMode: 'defineBelow', value: {} },
				options: {},
			}),
		]);
	const pingId = (await createWorkflow(scene.dev, subWorkflow(ping))).id;
	const pongId = (await createWorkflow(scene.dev, calls(pong, pingId))).id;
	await edit(scene.dev, pingId, () => calls(ping, pongId));

	const done = await scene.operator.promote(promotionOf([pingId]));
	expect(done).toMatchObject({ phase: 'succeeded', reason: null });
	expect(stepsOf(done)).toEqual(
		expect.arrayContaining(['publish-stand-in done', 'publish done', 'see-live done']),
	);
	for (const name of [ping, pong]) {
		const live = await read(scene.production, await targetId(scene, done, name));
		expect(live.activeVersion?.nodes.map((each) => each.name)).toContain('Call');
	}
	// Once both are published, nothing special is needed.
	await editCode(scene.dev, pingId, 'return [{ json: {} }];');
	const update = await scene.operator.promote(promotionOf([pingId]));
	expect(update.phase).toBe('succeeded');
	expect(stepsOf(update)).not.toContain('publish-stand-in done');
});

it('blocks a circle whose workflows are in the target and were never published there', async () => {
	const [left, right] = [fresh('Left'), fresh('Right')];
	const body = (name: string, callee: string) => callingWorkflow(name, slug(name), callee);
	const leftId = (await createWorkflow(scene.dev, subWorkflow(left))).id;
	const rightId = (await createWorkflow(scene.dev, body(right, leftId))).id;
	await edit(scene.dev, leftId, () => body(left, rightId));
	await scene.operator.promote(promotionOf([leftId], { publish: false }));

	const { plan } = await scene.operator.plan(promotionOf([leftId]));
	expect(plan.blockers.map(({ code }) => code)).toEqual(['workflow_circle', 'workflow_circle']);
});

it('says before publishing that a trigger could not start, since n8n would call it active', async () => {
	const name = fresh('Every now and then');
	const schedule = (expression: string) =>
		node('Schedule', 'n8n-nodes-base.scheduleTrigger', 1.2, {
			rule: { interval: [{ field: 'cronExpression', expression }] },
		});
	const bad = chain(name, [schedule('61 * * * *'), codeNode('Work', 'return [];')]);
	const { id } = await createWorkflow(scene.dev, bad);
	// This is what n8n itself makes of it.
	await scene.dev.api(`/workflows/${id}/publish`, { body: {} });
	expect(await read(scene.dev, id)).toMatchObject({ active: true });

	const { plan } = await scene.operator.plan(promotionOf([id]));
	expect(plan.blockers).toMatchObject([
		{
			code: 'trigger_cannot_start',
			place: 'nodes[Schedule].parameters.rule.interval[0]',
			message: expect.stringContaining('minute "61": expected 0 to 59'),
		},
	]);
	await edit(scene.dev, id, () => chain(name, [schedule('*/10 * * * *'), codeNode('Work', '')]));
	const done = await scene.operator.promote(promotionOf([id]));
	expect(done.phase).toBe('succeeded');
	const target = await targetId(scene, done, name);
	// n8n's own word, which only a person logged in gets.
	await until('n8n to have started the trigger', async () => {
		const { body } = await scene.production.rest<{ data: { status: string } }>(
			`/workflows/${target}/publication-status`,
		);
		return body.data.status === 'published' || undefined;
	});
});

it('asks which workflow is meant when the target has one of that name, and does as it is told', async () => {
	const name = fresh('Namesake');
	const { id } = await createWorkflow(scene.dev, subWorkflow(name));
	const there = await createWorkflow(scene.production, subWorkflow(name, 'return [];'));
	const { plan } = await scene.operator.plan(promotionOf([id]));
	expect(plan.blockers).toMatchObject([
		{ code: 'workflow_name_taken', candidates: [{ id: there.id, name }] },
	]);
	const beside = await scene.operator.promote(
		promotionOf([id], { mappings: { workflows: { [id]: 'create' } } }),
	);
	expect(beside.phase).toBe('succeeded');
	expect(await named(scene.production, name)).toHaveLength(2);

	// The binding says it from now on, also after the workflow has gone and was created anew.
	const made = await targetId(scene, beside, name);
	expect((await scene.operator.plan(promotionOf([id]))).plan.changes).toMatchObject([
		{ action: 'none', targetWorkflowId: made },
	]);
	const moved = await scene.operator.promote(
		promotionOf([id], { mappings: { workflows: { [id]: there.id } } }),
	);
	expect(moved.phase).toBe('succeeded');
	expect((await scene.operator.plan(promotionOf([id]))).plan.changes).toMatchObject([
		{ action: 'none', targetWorkflowId: there.id },
	]);
});

it('blocks a call of a workflow that is not part of the release and is not published there', async () => {
	const [callee, caller] = [fresh('Callee'), fresh('Caller')];
	const there = await createWorkflow(scene.production, subWorkflow(callee));
	const body = callingWorkflow(caller, slug(caller), 'GoneInDev0000001');
	const { id } = await createWorkflow(scene.dev, body);
	const unmapped = await scene.operator.plan(promotionOf([id]));
	expect(unmapped.plan.blockers).toMatchObject([{ code: 'workflow_unmapped' }]);

	const mappings = { workflows: { GoneInDev0000001: there.id } };
	const mapped = await scene.operator.plan(promotionOf([id], { mappings }));
	expect(mapped.plan.blockers).toMatchObject([{ code: 'called_workflow_unpublished' }]);
	await publish(scene.production, there.id);
	expect((await scene.operator.promote(promotionOf([id], { mappings }))).phase).toBe('succeeded');
	expect((await scene.operator.plan(promotionOf([id]))).plan.blockers).toEqual([]);
});

it('blocks a webhook path that another published workflow of the target answers', async () => {
	const [taker, name] = [fresh('Taker'), fresh('Late')];
	const path = slug(name);
	const there = await createWorkflow(scene.production, webhookWorkflow({ name: taker, path }));
	await publish(scene.production, there.id);
	const { id } = await createWorkflow(scene.dev, webhookWorkflow({ name, path }));
	const { plan } = await scene.operator.plan(promotionOf([id]));
	expect(plan.blockers).toMatchObject([
		{ code: 'webhook_path_taken', message: expect.stringContaining(taker) },
	]);
	const staged = await scene.operator.plan(promotionOf([id], { publish: false }));
	expect(staged.plan.blockers).toEqual([]);
});
