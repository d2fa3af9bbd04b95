import { until } from '../support/n8n/until';
import type { Promotion } from '../../sidecar/contract/promotions';
import type { SeenRequest } from '../support/n8n/n8n-proxy';
import { edit, read } from '../support/n8n/workflow-edits';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import {
	codeIn,
	createCredential,
	editCode,
	faceOf,
	fresh,
	openScene,
	promoteMany,
	refusal,
	slug,
	stepsOf,
	type LiveWorkflow,
	type Scene,
} from './promotion-scene';

jest.setTimeout(300_000);

let scene: Scene;
let name: string;
let source: string;
let target: string;
let promotion: Promotion;
let nextLive: () => LiveWorkflow;

beforeAll(async () => {
	scene = await openScene();
	nextLive = await promoteMany(scene, 21, () => {
		const called = fresh('Edited');
		return webhookWorkflow({
			name: called,
			path: slug(called),
			respond: 'lastNode',
			code: code(1),
		});
	});
});
afterAll(async () => {
	await scene?.close();
});

const code = (v: number | string) => `return [{ json: { v: ${JSON.stringify(v)} } }];`;

/** Version 1 is live in production; version 2 of it is planned. */
beforeEach(async () => {
	scene.proxy.clear();
	({ name, source, target } = nextLive());
	const plan = { environment: 'dev', workflowIds: [source], to: 'production' };
	await editCode(scene.dev, source, code(2));
	await edit(scene.dev, source, ({ settings }) => ({
		settings: { ...settings, timezone: 'Europe/Berlin' },
	}));
	promotion = await scene.operator.plan(plan);
	scene.proxy.clear();
});

const apply = async (planDigest = promotion.plan.digest) =>
	await scene.sidecar.api(`/promotions/${promotion.id}/apply`, { body: { planDigest } });

describe('between the plan and its application', () => {
	const changes: Array<[string, () => Promise<unknown>, () => string]> = [
		[
			'the target was edited',
			() => editCode(scene.production, target, code('theirs')),
			() => `workflow "${name}" was edited in the target`,
		],
		[
			'only a setting of the target was changed',
			() =>
				edit(scene.production, target, ({ settings }) => ({
					settings: { ...settings, timezone: 'Asia/Tokyo' },
				})),
			() => `workflow "${name}" was edited in the target`,
		],
		[
			'only the name in the target was changed',
			() => edit(scene.production, target, () => ({ name: `${name} mine` })),
			() => `workflow "${name}" was renamed to "${name} mine" in the target`,
		],
		[
			'the target was unpublished',
			() => scene.production.api(`/workflows/${target}/unpublish`, { method: 'POST' }),
			() => `workflow "${name}" was published or unpublished in the target`,
		],
		[
			'the target was deleted',
			async () => {
				await scene.production.api(`/workflows/${target}/unpublish`, { method: 'POST' });
				await scene.production.rest(`/workflows/${target}/archive`, { method: 'POST' });
				await scene.production.rest(`/workflows/${target}`, { method: 'DELETE' });
			},
			() => `workflow "${name}" is gone from the target`,
		],
		[
			'the source was edited',
			() => editCode(scene.dev, source, code(3)),
			() => `workflow "${name}" was edited in the source`,
		],
		[
			'the source was deleted',
			async () => {
				await scene.dev.rest(`/workflows/${source}/archive`, { method: 'POST' });
				await scene.dev.rest(`/workflows/${source}`, { method: 'DELETE' });
			},
			() => `workflow "${name}" is gone from the source`,
		],
	];

	it.each(changes)('%s: the plan is refused, naming it, and nothing is written', async (...row) => {
		const [, change, told] = row;
		await change();
		scene.proxy.clear();
		const { status, code: refused, detail } = await refusal(apply());
		expect([status, refused]).toEqual([409, 'promotion_plan_stale']);
		expect(detail).toContain(told());
		expect(scene.proxy.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
		const { body } = await scene.sidecar.api<Promotion>(`/promotions/${promotion.id}`);
		expect(body).toMatchObject({ phase: 'planned', steps: [] });
	});

	it('refuses another digest than that of the plan', async () => {
		const { status, code: refused } = await refusal(apply('0'.repeat(64)));
		expect([status, refused]).toEqual([409, 'promotion_plan_stale']);
	});

	it('refuses when a credential that it binds to is gone', async () => {
		const mine = await createCredential(scene.dev, fresh('Mine'));
		const theirs = await createCredential(scene.production, fresh('Theirs'));
		await edit(scene.dev, source, ({ nodes }) => ({
			nodes: nodes.map((each) =>
				each.name === 'Webhook'
					? {
							...each,
							parameters: { ...each.parameters, authentication: 'headerAuth' },
							credentials: { httpHeaderAuth: mine },
						}
					: each,
			),
		}));
		promotion = await scene.operator.plan({
			environment: 'dev',
			workflowIds: [source],
			to: 'production',
			mappings: { credentials: { [mine.id]: theirs.id } },
		});
		expect(promotion.plan.blockers).toEqual([]);
		await scene.production.api(`/credentials/${theirs.id}`, { method: 'DELETE' });
		const { code: refused, detail } = await refusal(apply());
		expect(refused).toBe('promotion_plan_stale');
		expect(detail).toContain(`credential ${theirs.id} of the target was "${theirs.name}"`);
		expect(detail).toContain('is gone');
	});

	it('is not fooled by a save that changes nothing', async () => {
		await edit(scene.production, target, () => ({}));
		expect((await apply()).status).toBe(202);
		expect((await scene.operator.ended(promotion.id)).phase).toBe('succeeded');
	});
});

describe('while it is applied', () => {
	const isPut = ({ method }: SeenRequest) => method === 'PUT';
	const isPublish = ({ path }: SeenRequest) => path.endsWith('/publish');

	const applied = async () => {
		expect((await apply()).status).toBe(202);
		return await scene.operator.ended(promotion.id);
	};

	it('an edit between our look and our write stays the draft, and what is live stays', async () => {
		const before = await read(scene.production, target);
		scene.proxy.add({
			when: isPut,
			before: async () => {
				await editCode(scene.production, target, code('theirs'));
			},
		});
		const done = await applied();
		expect(done).toMatchObject({ phase: 'failed' });
		expect(done.reason).toContain(`"${name}" was edited by Olivia Owner`);
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(after.settings).toEqual(before.settings);
	});

	it('a draft of ours that somebody publishes, taking it for theirs, goes out of service again', async () => {
		const before = await read(scene.production, target);
		scene.proxy.add({
			when: isPut,
			before: async () => {
				await editCode(scene.production, target, code('theirs'));
			},
			after: async () => {
				await publish(scene.production, target);
			},
		});
		expect(await applied()).toMatchObject({ phase: 'failed' });
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(after.activeVersionId).toBe(before.activeVersionId);
	});

	it('an edit between our write and the publication stays the draft, and what is live stays', async () => {
		const before = await read(scene.production, target);
		scene.proxy.add({
			when: isPut,
			after: async () => {
				await editCode(scene.production, target, code('theirs'));
			},
		});
		expect(await applied()).toMatchObject({ phase: 'failed' });
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(after.settings).toEqual(before.settings);
	});

	it('an edit at the very moment of publishing stays the draft, and what was live comes back', async () => {
		const before = await read(scene.production, target);
		scene.proxy.add({
			when: isPublish,
			before: async () => {
				await editCode(scene.production, target, code('theirs'));
			},
		});
		expect(await applied()).toMatchObject({ phase: 'failed' });
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(after.settings).toEqual(before.settings);
	});

	it('an edit published at the very moment of publishing, and then edited again, is live again', async () => {
		scene.proxy.add({
			when: isPublish,
			before: async () => {
				await editCode(scene.production, target, code('published by them'));
				await publish(scene.production, target);
				await editCode(scene.production, target, code('theirs'));
			},
		});
		const done = await applied();
		expect(done).toMatchObject({ phase: 'failed' });
		expect(done.reason).toContain(`"${name}" was edited by Olivia Owner`);
		expect(done.steps.find(({ action }) => action === 'publish')?.message).toContain(
			'Olivia Owner had published',
		);
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(codeIn(after.activeVersion?.nodes)).toBe(code('published by them'));
	});

	it('an edit that was published right after us stays live', async () => {
		scene.proxy.add({
			when: isPublish,
			after: async () => {
				await editCode(scene.production, target, code('theirs'));
				await publish(scene.production, target);
			},
		});
		expect(await applied()).toMatchObject({ phase: 'failed' });
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(codeIn(after.activeVersion?.nodes)).toBe(code('theirs'));
	});

	it('a setting changed between our look and our write is noticed', async () => {
		const before = await read(scene.production, target);
		scene.proxy.add({
			when: isPut,
			before: async () => {
				await edit(scene.production, target, ({ settings }) => ({
					settings: { ...settings, executionTimeout: 77 },
				}));
			},
		});
		const done = await applied();
		expect(done).toMatchObject({ phase: 'failed' });
		const after = await read(scene.production, target);
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(codeIn(after.nodes)).toBe(code(1));
		expect(after.settings).toEqual({ ...before.settings, executionTimeout: 77 });
	});

	it('an edit that comes while we put things back stays the draft', async () => {
		const before = await read(scene.production, target);
		scene.proxy.add({ when: isPublish, fate: 400 });
		// The second write is the one that puts the draft back.
		scene.proxy.add({ when: isPut });
		scene.proxy.add({
			when: isPut,
			before: async () => {
				await editCode(scene.production, target, code('theirs'));
			},
		});
		const done = await applied();
		expect(done).toMatchObject({ phase: 'failed' });
		const after = await read(scene.production, target);
		expect(codeIn(after.nodes)).toBe(code('theirs'));
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(after.settings).toEqual(before.settings);
	});

	it.each(['archives', 'deletes'])(
		'a workflow that somebody %s meanwhile ends the promotion, not the sidecar',
		async (deed) => {
			const { production } = scene;
			scene.proxy.add({
				when: isPublish,
				before: async () => {
					await production.rest(`/workflows/${target}/archive`, { method: 'POST' });
					if (deed === 'archives') return;
					// n8n refuses while it is still taking the workflow out of service.
					await until(`workflow ${target} to be deleted`, async () => {
						const path = `/workflows/${target}`;
						return (await production.rest(path, { method: 'DELETE' })).ok || undefined;
					});
				},
			});
			const done = await applied();
			expect(done).toMatchObject({ phase: 'failed' });
			expect(stepsOf(done)).toContain('stage compensated');
		},
	);

	it('leaves the draft and the live version as they were when nobody edits and n8n says no', async () => {
		const before = await read(scene.production, target);
		const taker = fresh('Taker');
		const path = slug(taker);
		await edit(scene.dev, source, ({ nodes }) => ({
			nodes: nodes.map((each) =>
				each.name === 'Webhook' ? { ...each, parameters: { ...each.parameters, path } } : each,
			),
		}));
		promotion = await scene.operator.plan({
			environment: 'dev',
			workflowIds: [source],
			to: 'production',
		});
		scene.proxy.add({
			when: isPut,
			before: async () => {
				const there = webhookWorkflow({ name: taker, path });
				await publish(scene.production, (await createWorkflow(scene.production, there)).id);
			},
		});
		const done = await applied();
		expect(done).toMatchObject({ phase: 'failed' });
		expect(done.reason).toContain('conflict');
		expect(faceOf(await read(scene.production, target))).toEqual(faceOf(before));
	});
});
