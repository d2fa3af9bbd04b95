import type { Page } from '../../sidecar/contract/problem';
import type { Hold, Promotion } from '../../sidecar/contract/promotions';
import { expectOk, request } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import { read } from '../support/n8n/workflow-edits';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { codeIn, editCode, fresh, openScene, slug, targetId, type Scene } from './promotion-scene';

jest.setTimeout(180_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
	await scene.operator.register('production', scene.production, {
		protected: { soakSeconds: 3600, rollBackOnRegression: true },
		deadLetters: { follow: false },
	});
});
afterAll(async () => {
	await scene?.close();
});

const good = 'return [{ json: { v: 1 } }];';

it('sees a version that fails, puts back the one before and holds the bad one, over a restart', async () => {
	const name = fresh('Watched');
	const path = slug(name);
	const body = webhookWorkflow({ name, path, respond: 'lastNode', code: good });
	const source = (await createWorkflow(scene.dev, body)).id;
	const into = { environment: 'dev', workflowIds: [source], to: 'production' };
	const first = await scene.operator.promote(into);
	const target = await targetId(scene, first, name);
	const call = async (times: number) => {
		for (let at = 0; at < times; at += 1) {
			await request(`${scene.production.baseUrl}/webhook/${path}`, { body: {} });
		}
	};
	await call(25);

	await editCode(scene.dev, source, 'throw new Error("boom");');
	const bad = await scene.operator.promote(into);
	expect(bad.phase).toBe('succeeded');
	const watch = async () =>
		(await scene.sidecar.api<Promotion>(`/promotions/${bad.id}`)).body.watch ?? undefined;
	const opened = await until('the watch to begin', watch, { deadlineMs: 60_000 });
	expect(opened).toMatchObject({
		status: 'watching',
		workflows: [{ before: { runs: 25, failures: 0 } }],
	});
	await call(12);
	await scene.sidecar.kill();
	await scene.sidecar.restart();

	const undone = await until(
		'the promotion to be rolled back by itself',
		async () => {
			const promotion = (await scene.sidecar.api<Promotion>(`/promotions/${bad.id}`)).body;
			return promotion.phase === 'rolled-back' ? promotion : undefined;
		},
		{ deadlineMs: 90_000, explain: () => scene.sidecar.log().slice(-3000) },
	);
	expect(undone.watch).toMatchObject({
		status: 'regressed',
		workflows: [{ failures: { verdict: 'regressed' } }],
	});
	expect(undone.watch?.message).toMatch(/failed in \d+ of \d+ runs, before in 0 of 25/);
	expect(codeIn((await read(scene.production, target)).activeVersion?.nodes)).toBe(good);
	const holds = await scene.sidecar.api<Page<Hold>>('/environments/production/holds?active=true');
	const [hold] = expectOk('list holds', holds).data;
	expect(hold).toMatchObject({ promotionId: bad.id, placedBy: 'watch' });
	expect(hold?.reason).toContain('it regressed');
});
