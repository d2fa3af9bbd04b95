import type { Promotion } from '../../sidecar/contract/promotions';
import { request } from '../support/n8n/n8n-requests';
import { edit, named, read } from '../support/n8n/workflow-edits';
import { callWebhook, createWorkflow, publish } from '../support/n8n/workflow-runs';
import { callingWorkflow, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import {
	codeIn,
	editCode,
	faceOf,
	fresh,
	openScene,
	promoteMany,
	refusal,
	slug,
	type LiveWorkflow,
	type Scene,
} from './promotion-scene';

jest.setTimeout(180_000);

let scene: Scene;
let nextLive: () => LiveWorkflow;

beforeAll(async () => {
	scene = await openScene();
	nextLive = await promoteMany(scene, 13, () => {
		const name = fresh('Rolled');
		return webhookWorkflow({ name, path: slug(name), respond: 'lastNode', code: code(1) });
	});
});
afterAll(async () => {
	await scene?.close();
});

const code = (v: number | string) => `return [{ json: { v: ${JSON.stringify(v)} } }];`;
const promote = async (id: string, more: object = {}) =>
	await scene.operator.promote({
		environment: 'dev',
		workflowIds: [id],
		to: 'production',
		...more,
	});
const rollBack = (id: string, body: object = {}) =>
	scene.sidecar.api<Promotion>(`/promotions/${id}/rollback`, { body });

/** Version 1 is live in production. */
function live() {
	const next = nextLive();
	return { ...next, path: slug(next.name) };
}

it('brings back content, settings, name and what was live, in one call', async () => {
	const { name, path, source, target } = live();
	const before = await read(scene.production, target);
	await editCode(scene.dev, source, code(2));
	await edit(scene.dev, source, () => ({
		name: `${name} renamed`,
		settings: { timezone: 'Asia/Tokyo', executionTimeout: 30, saveExecutionProgress: true },
	}));
	const bad = await promote(source);
	expect(bad.phase).toBe('succeeded');
	expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 2 });

	const back = await scene.operator.rollBack(bad.id);
	expect(back).toMatchObject({
		phase: 'succeeded',
		rollbackOf: bad.id,
		from: 'production',
		to: 'production',
	});
	expect(faceOf(await read(scene.production, target))).toEqual(faceOf(before));
	expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 1 });
	const { body } = await scene.sidecar.api<Promotion>(`/promotions/${bad.id}`);
	expect(body.phase).toBe('rolled-back');

	// Once is enough.
	const again = await refusal(rollBack(bad.id));
	expect([again.status, again.code]).toEqual([409, 'promotion_phase']);
	// And the roll-back can be rolled back like any promotion.
	const forth = await scene.operator.rollBack(back.id);
	expect(forth.phase).toBe('succeeded');
	expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 2 });
	expect(await read(scene.production, target)).toMatchObject({ name: `${name} renamed` });
});

it('takes what was new out of service, callers first, and deletes nothing', async () => {
	const [callee, caller] = [fresh('Callee'), fresh('Caller')];
	const calleeId = (await createWorkflow(scene.dev, subWorkflow(callee, code(1)))).id;
	const body = callingWorkflow(caller, slug(caller), calleeId);
	const callerId = (await createWorkflow(scene.dev, body)).id;
	const done = await promote(callerId);
	expect((await callWebhook(scene.production, slug(caller), {})).body).toMatchObject({ v: 1 });

	const back = await scene.operator.rollBack(done.id);
	expect(back.plan.changes.map(({ action }) => action)).toEqual(['unpublish', 'unpublish']);
	const order = back.steps.filter(({ action }) => action === 'unpublish');
	const key = back.plan.changes.find(({ name }) => name === caller)?.workflowKey;
	expect(order[0]?.workflowKey).toBe(key);
	for (const name of [callee, caller]) {
		expect(await named(scene.production, name)).toMatchObject([{ active: false }]);
	}
	const gone = await request(`${scene.production.baseUrl}/webhook/${slug(caller)}`, { body: {} });
	expect(gone.status).toBe(404);

	// They are bound still, so the next promotion puts these very ones back into service.
	const next = await promote(callerId);
	expect(next.plan.changes.map(({ action }) => action)).toEqual(['update', 'update']);
	expect((await callWebhook(scene.production, slug(caller), {})).body).toMatchObject({ v: 1 });
});

it('leaves an edit that was never published as the draft again', async () => {
	const { source, path, target } = live();
	await editCode(scene.production, target, code('never published'));
	const before = await read(scene.production, target);
	await editCode(scene.dev, source, code(2));
	const done = await promote(source);
	expect(done.plan.warnings).toMatchObject([{ code: 'target_has_unpublished_draft' }]);

	expect((await scene.operator.rollBack(done.id)).phase).toBe('succeeded');
	expect(faceOf(await read(scene.production, target))).toEqual(faceOf(before));
	expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 1 });
});

it('takes out of service what was there and not in service before', async () => {
	const { source, path, target } = live();
	await scene.production.api(`/workflows/${target}/unpublish`, { method: 'POST' });
	const before = await read(scene.production, target);
	await editCode(scene.dev, source, code(2));
	const done = await promote(source);
	expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 2 });
	expect((await scene.operator.rollBack(done.id)).phase).toBe('succeeded');
	const after = await read(scene.production, target);
	expect(faceOf(after)).toEqual(faceOf(before));
	expect(after.active).toBe(false);
});

it('puts only the draft back when only the draft was promoted', async () => {
	const { source, target } = live();
	const before = await read(scene.production, target);
	await editCode(scene.dev, source, code(2));
	const staged = await promote(source, { publish: false });
	expect((await scene.operator.rollBack(staged.id)).phase).toBe('succeeded');
	const after = await read(scene.production, target);
	expect(faceOf(after)).toEqual(faceOf(before));
	expect(after.activeVersionId).toBe(before.activeVersionId);
});

describe('what somebody has done since', () => {
	const deeds: Array<[string, (target: string) => Promise<unknown>, string]> = [
		['an edit', (id) => editCode(scene.production, id, code('theirs')), 'was edited'],
		[
			'a setting',
			(id) => edit(scene.production, id, () => ({ settings: { timezone: 'Asia/Tokyo' } })),
			'was edited',
		],
		[
			'unpublishing',
			(id) => scene.production.api(`/workflows/${id}/unpublish`, { method: 'POST' }),
			'was published or unpublished',
		],
		[
			'a publication',
			async (id) => {
				await editCode(scene.production, id, code('theirs'));
				await publish(scene.production, id);
				await editCode(scene.production, id, code(2));
			},
			'was published or unpublished',
		],
	];
	it.each(deeds)('is not overwritten unknowingly: %s', async (...row) => {
		const [, deed, told] = row;
		const { name, source, target } = live();
		await editCode(scene.dev, source, code(2));
		const done = await promote(source);
		await deed(target);
		const theirs = await read(scene.production, target);
		const { status, code: refused, detail } = await refusal(rollBack(done.id));
		expect([status, refused]).toEqual([409, 'promotion_plan_stale']);
		expect(detail).toContain(`workflow "${name}" ${told}`);
		expect(faceOf(await read(scene.production, target))).toEqual(faceOf(theirs));

		const { body } = await rollBack(done.id, { overwrite: true });
		expect((await scene.operator.ended(body.id)).phase).toBe('succeeded');
		expect(codeIn((await read(scene.production, target)).activeVersion?.nodes)).toBe(code(1));
	});

	it('is kept as a version when it is overwritten knowingly', async () => {
		const { source, target } = live();
		await editCode(scene.dev, source, code(2));
		const done = await promote(source);
		await editCode(scene.production, target, code('theirs'));
		const { body } = await rollBack(done.id, { overwrite: true });
		await scene.operator.ended(body.id);
		const key = done.plan.changes[0]?.workflowKey;
		const { body: kept } = await scene.sidecar.api<{ data: Array<{ id: string }> }>(
			`/workflows/${key}/versions`,
		);
		const exports = await Promise.all(
			kept.data.map(async ({ id }) => {
				const { body: file } = await scene.sidecar.api(`/versions/${id}/export`);
				return JSON.stringify(file);
			}),
		);
		expect(exports.filter((file) => file.includes('theirs'))).toHaveLength(1);
	});

	it('includes a later promotion, which is to be rolled back first', async () => {
		const { source, path } = live();
		await editCode(scene.dev, source, code(2));
		const second = await promote(source);
		await editCode(scene.dev, source, code(3));
		const third = await promote(source);
		const { code: refused } = await refusal(rollBack(second.id));
		expect(refused).toBe('promotion_plan_stale');
		expect((await scene.operator.rollBack(third.id)).phase).toBe('succeeded');
		expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 2 });
		expect((await scene.operator.rollBack(second.id)).phase).toBe('succeeded');
		expect((await callWebhook(scene.production, path, {})).body).toMatchObject({ v: 1 });
	});

	it('stops nobody who has changed nothing that counts', async () => {
		const { source, target } = live();
		await editCode(scene.dev, source, code(2));
		const done = await promote(source);
		await edit(scene.production, target, () => ({}));
		expect((await scene.operator.rollBack(done.id)).phase).toBe('succeeded');
	});
});

it('leaves no plan behind that somebody could apply when it is refused', async () => {
	const { source, target } = live();
	await editCode(scene.dev, source, code(2));
	const done = await promote(source);
	await scene.production.api(`/workflows/${target}/unpublish`, { method: 'POST' });
	await scene.production.rest(`/workflows/${target}/archive`, { method: 'POST' });
	const { status, code: refused } = await refusal(rollBack(done.id, { overwrite: true }));
	expect([status, refused]).toEqual([409, 'promotion_blocked']);
	const { body } = await scene.sidecar.api<{ data: Promotion[] }>('/promotions?phase=planned');
	expect(body.data.filter(({ rollbackOf }) => rollbackOf !== null)).toEqual([]);
});

it('refuses to roll back what has not succeeded', async () => {
	const { source } = live();
	const planned = await scene.operator.plan({
		environment: 'dev',
		workflowIds: [source],
		to: 'production',
	});
	const { status, code: refused } = await refusal(rollBack(planned.id));
	expect([status, refused]).toEqual([409, 'promotion_phase']);
});
