import type { Promotion } from '../../sidecar/contract/promotions';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { callingWorkflow, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { until } from '../support/n8n/until';
import { edit, named, read } from '../support/n8n/workflow-edits';
import {
	editCode,
	faceOf,
	fresh,
	leftBy,
	openScene,
	refusal,
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
beforeEach(() => {
	scene.proxy.clear();
});

/** Three workflows: the leaf is new to production, the middle one is live there, and so is the top. */
interface Three {
	leaf: { name: string; id: string };
	middle: { name: string; id: string; target: string };
	top: { name: string; id: string; target: string };
}

async function three(): Promise<Three> {
	const { dev, operator } = scene;
	const [leaf, middle, top] = [fresh('Leaf'), fresh('Middle'), fresh('Top')];
	const middleId = (
		await createWorkflow(dev, webhookWorkflow({ name: middle, path: slug(middle) }))
	).id;
	const topId = (await createWorkflow(dev, callingWorkflow(top, slug(top), middleId))).id;
	// A sub-workflow can only be called with this trigger.
	await edit(dev, middleId, () => subWorkflow(middle));
	const first = await operator.promote({
		environment: 'dev',
		workflowIds: [topId],
		to: 'production',
	});
	expect(first.phase).toBe('succeeded');
	const leafId = (await createWorkflow(dev, subWorkflow(leaf))).id;
	await edit(dev, middleId, () => ({
		...callingWorkflow(middle, slug(middle), leafId),
		settings: { executionOrder: 'v1', timezone: 'Europe/Berlin', saveExecutionProgress: true },
	}));
	await editCode(dev, topId, 'return [{ json: { changed: true } }];');
	await edit(dev, topId, () => ({ name: `${top} renamed` }));
	return {
		leaf: { name: leaf, id: leafId },
		middle: { name: middle, id: middleId, target: await targetId(scene, first, middle) },
		top: { name: `${top} renamed`, id: topId, target: await targetId(scene, first, top) },
	};
}

const planned = async ({ top }: Three) =>
	await scene.operator.plan({ environment: 'dev', workflowIds: [top.id], to: 'production' });

/** What a promotion of the three may touch. */
const facesOf = async ({ leaf, middle, top }: Three, n8n: N8nConnection = scene.production) => ({
	leaf: (await named(n8n, leaf.name)).length,
	middle: faceOf(await read(n8n, middle.target)),
	top: faceOf(await read(n8n, top.target)),
	live: [
		(await read(n8n, middle.target)).activeVersionId,
		(await read(n8n, top.target)).activeVersionId,
	],
});

const isPublishOf = (id: string) => (seen: { path: string }) =>
	seen.path === `/api/v1/workflows/${id}/publish`;

describe('a publication that n8n refuses in the second of three', () => {
	const refusals: Array<[string, (set: Three) => Promise<void>, string]> = [
		[
			'a webhook path was taken after planning',
			async ({ middle }) => {
				const body = webhookWorkflow({ name: fresh('Taker'), path: slug(middle.name) });
				await publish(scene.production, (await createWorkflow(scene.production, body)).id);
			},
			'conflict',
		],
		[
			'what it calls was unpublished after planning',
			async ({ leaf }) => {
				const [made] = await named(scene.production, leaf.name);
				await scene.production.api(`/workflows/${made?.id}/unpublish`, { method: 'POST' });
			},
			'not published',
		],
	];

	it.each(refusals)('puts everything back: %s', async (...row) => {
		const [, hinder, reason] = row;
		const set = await three();
		const promotion = await planned(set);
		expect(promotion.plan.changes.map(({ action }) => action)).toEqual([
			'create',
			'update',
			'update',
		]);
		const before = await facesOf(set);
		scene.proxy.add({
			when: isPublishOf(set.middle.target),
			before: async () => {
				await hinder(set);
			},
		});
		const done = await scene.operator.ended((await scene.operator.apply(promotion)).id);
		expect(done.phase).toBe('failed');
		expect(done.reason).toContain(reason);
		expect(stepsOf(done).filter((step) => step.startsWith('publish'))).toEqual([
			'publish compensated',
			'publish compensated',
			'publish pending',
		]);
		expect(await facesOf(set)).toEqual(before);
		expect(await leftBy(scene.production, promotion)).toEqual([]);
	});

	it('puts everything back when a credential is missing, and can be promoted once it is there', async () => {
		const set = await three();
		const before = await facesOf(set);
		await edit(scene.dev, set.middle.id, ({ nodes }) => ({
			nodes: nodes.map((each) =>
				each.name === 'Webhook'
					? { ...each, parameters: { ...each.parameters, authentication: 'headerAuth' } }
					: each,
			),
		}));
		const promotion = await planned(set);
		const done = await scene.operator.ended((await scene.operator.apply(promotion)).id);
		expect(done).toMatchObject({ phase: 'failed' });
		expect(done.reason).toContain('Missing required credential');
		expect(await facesOf(set)).toEqual(before);

		await edit(scene.dev, set.middle.id, ({ nodes }) => ({
			nodes: nodes.map((each) =>
				each.name === 'Webhook'
					? { ...each, parameters: { ...each.parameters, authentication: 'none' } }
					: each,
			),
		}));
		const mended = await scene.operator.promote({
			environment: 'dev',
			workflowIds: [set.top.id],
			to: 'production',
		});
		expect(mended.phase).toBe('succeeded');
		expect(await named(scene.production, set.leaf.name)).toHaveLength(1);
	});
});

it('ends errored with everything put back when n8n goes away and comes back', async () => {
	const set = await three();
	const promotion = await planned(set);
	const before = await facesOf(set);
	let down = false;
	const goneFrom = isPublishOf(set.middle.target);
	scene.proxy.add({
		when: (seen) => {
			down ||= goneFrom(seen);
			return down;
		},
		fate: 'never-sent',
		times: 1_000_000,
	});
	await scene.operator.apply(promotion);
	const undoing = await until(
		'the promotion to be rolling back',
		async () => {
			const { body } = await scene.sidecar.api<Promotion>(`/promotions/${promotion.id}`);
			const waits = body.steps.some(({ message }) => message?.startsWith('Not undone yet'));
			return body.phase === 'rolling-back' && waits ? body : undefined;
		},
		{ deadlineMs: 120_000, everyMs: 500 },
	);
	expect(undoing.reason).toMatch(/cannot be reached|left alone/);
	scene.proxy.clear();
	const done = await scene.operator.ended(promotion.id);
	expect(done.phase).toBe('errored');
	expect(await facesOf(set)).toEqual(before);
});

it('outlasts an n8n that is away for some seconds', async () => {
	const set = await three();
	const promotion = await planned(set);
	scene.proxy.add({ when: isPublishOf(set.middle.target), fate: 503, times: 2 });
	const done = await scene.operator.ended((await scene.operator.apply(promotion)).id);
	expect(done.phase).toBe('succeeded');
});

it('lets only one of two promotions into an environment', async () => {
	const [one, two] = [await three(), await three()];
	const [first, second] = [await planned(one), await planned(two)];
	let release: () => void = () => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	scene.proxy.add({ when: isPublishOf(one.middle.target), before: () => held });
	await scene.operator.apply(first);
	const { status, code } = await refusal(
		scene.sidecar.api(`/promotions/${second.id}/apply`, {
			body: { planDigest: second.plan.digest },
		}),
	);
	expect([status, code]).toEqual([409, 'promotion_environment_busy']);
	release();
	expect((await scene.operator.ended(first.id)).phase).toBe('succeeded');
	// What is planned can still be applied.
	expect((await scene.operator.ended((await scene.operator.apply(second)).id)).phase).toBe(
		'succeeded',
	);
});
