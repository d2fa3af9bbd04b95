import { createWorkflow, callWebhook } from '../support/n8n/workflow-runs';
import {
	callingWorkflow,
	errorWorkflow,
	node,
	subWorkflow,
	webhookWorkflow,
} from '../support/n8n/workflows';
import { edit, named, read } from '../support/n8n/workflow-edits';
import {
	createCredential,
	editCode,
	faceOf,
	fresh,
	openScene,
	slug,
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

const code = (v: number) => `return [{ json: { v: ${v} } }];`;

/**
 * Thirty workflows: webhooks that each call a sub-workflow, of which two call each other, one with a
 * credential; and an error workflow that they all have.
 */
async function thirty() {
	const { dev, production } = scene;
	const base = fresh('Thirty');
	const made: Array<{ name: string; id: string }> = [];
	const make = async (name: string, body: Parameters<typeof createWorkflow>[1]) => {
		const { id } = await createWorkflow(dev, body);
		made.push({ name, id });
		return id;
	};
	const errors = `${base} errors`;
	const errorsId = await make(errors, errorWorkflow(errors));
	const mine = await createCredential(dev, `${base} mine`);
	const theirs = await createCredential(production, `${base} theirs`);

	const subIds: string[] = [];
	for (let at = 0; at < 12; at += 1) {
		const name = `${base} sub ${at}`;
		subIds.push(await make(name, subWorkflow(name, code(at))));
	}
	// The first two call each other.
	for (const [at, other] of [
		[0, 1],
		[1, 0],
	] as const) {
		await edit(dev, subIds[at] ?? '', ({ nodes, connections }) => ({
			nodes: [...nodes, callTo(subIds[other] ?? '')],
			connections,
		}));
	}
	const hooks: Array<{ name: string; id: string; path: string; v: number; calls: string[] }> = [];
	for (let at = 0; at < 17; at += 1) {
		const name = `${base} hook ${at}`;
		const path = slug(name);
		const childId = subIds[at % 12] ?? '';
		const id = await make(name, {
			...(at === 16
				? webhookWorkflow({
						name,
						path,
						call: { url: 'http://127.0.0.1:1/never', credential: mine },
					})
				: callingWorkflow(name, path, childId)),
			settings: { executionOrder: 'v1', errorWorkflow: errorsId },
		});
		const calls = at === 16 ? [errors] : [errors, `${base} sub ${at % 12}`];
		hooks.push({ name, id, path, v: at % 12, calls });
	}
	return {
		made,
		hooks,
		into: {
			environment: 'dev',
			workflowIds: hooks.map(({ id }) => id),
			to: 'production',
			mappings: { credentials: { [mine.id]: theirs.id } },
		},
	};
}

function callTo(id: string) {
	return node('Call back', 'n8n-nodes-base.executeWorkflow', 1.2, {
		workflowId: { __rl: true, mode: 'id', value: id },
		workflowInputs: { mappingMode: 'defineBelow', value: {} },
		options: {},
	});
}

it('promotes thirty workflows in the right order, and puts all back when the 29th cannot be published', async () => {
	const { made, hooks, into } = await thirty();
	const first = await scene.operator.promote(into);
	expect(first).toMatchObject({ phase: 'succeeded', reason: null });
	expect(first.plan.changes).toHaveLength(30);
	const published = first.steps
		.filter(({ action }) => action === 'publish')
		.map(
			({ workflowKey }) =>
				first.plan.changes.find((each) => each.workflowKey === workflowKey)?.name ?? '',
		);
	expect(published).toHaveLength(30);
	for (const { name, calls } of hooks) {
		// n8n publishes no caller before what it calls, and runs no error workflow that is not published.
		for (const callee of calls) {
			expect(published.indexOf(callee)).toBeLessThan(published.indexOf(name));
		}
	}
	const [hook] = hooks.slice(5);
	expect((await callWebhook(scene.production, hook?.path ?? '', {})).body).toMatchObject({
		v: hook?.v,
	});

	for (const { id } of made)
		await edit(scene.dev, id, ({ settings }) => ({
			settings: { ...settings, timezone: 'Asia/Tokyo' },
		}));
	for (const { id } of made) await editCode(scene.dev, id, code(99));
	const promotion = await scene.operator.plan(into);
	expect(promotion.plan.changes.filter(({ action }) => action === 'update')).toHaveLength(30);
	const targets = await Promise.all(
		made.map(async ({ name }) => await targetId(scene, first, name)),
	);
	const faces = async () =>
		await Promise.all(targets.map(async (id) => faceOf(await read(scene.production, id))));
	const before = await faces();
	let publications = 0;
	scene.proxy.clear();
	scene.proxy.add({
		when: ({ path }) => {
			if (path.endsWith('/publish')) publications += 1;
			return path.endsWith('/publish') && publications === 29;
		},
		fate: 400,
	});
	const failed = await scene.operator.ended((await scene.operator.apply(promotion)).id);
	expect(failed.phase).toBe('failed');
	expect(
		failed.steps.filter(({ action, status }) => action === 'publish' && status === 'compensated')
			.length,
	).toBeGreaterThanOrEqual(28);
	expect(await faces()).toEqual(before);
	expect((await callWebhook(scene.production, hook?.path ?? '', {})).body).toMatchObject({
		v: hook?.v,
	});
	for (const { name } of made) expect(await named(scene.production, name)).toHaveLength(1);
});
