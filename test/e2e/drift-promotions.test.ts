import type { DriftFinding, DriftReport } from '../../sidecar/contract/drift';
import type { Promotion } from '../../sidecar/contract/promotions';
import { expectOk } from '../support/n8n/n8n-requests';
import { read } from '../support/n8n/workflow-edits';
import { callWebhook, createWorkflow, publish } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import {
	codeIn,
	editCode,
	fresh,
	openScene,
	refusal,
	slug,
	targetId,
	type Scene,
} from './promotion-scene';

jest.setTimeout(300_000);

let scene: Scene;
let name: string;
let source: string;
let target: string;
let promotion: Promotion;

const code = (v: number) => `return [{ json: { v: ${v} } }];`;
const promote = async () =>
	await scene.operator.promote({ environment: 'dev', workflowIds: [source], to: 'production' });

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});
beforeEach(async () => {
	scene.proxy.clear();
	name = fresh('Watched');
	const body = webhookWorkflow({ name, path: slug(name), respond: 'lastNode', code: code(1) });
	source = (await createWorkflow(scene.dev, body)).id;
	promotion = await promote();
	target = await targetId(scene, promotion, name);
});

const path = '/environments/production/drift';
/** What is found of the workflow of this test. */
async function drift(): Promise<DriftFinding[]> {
	const { data } = expectOk('drift', await scene.sidecar.api<DriftReport>(`${path}?limit=200`));
	return data.filter(({ workflowId }) => workflowId === target);
}
const kinds = async () => (await drift()).map(({ kind }) => kind);
async function revert(): Promise<Promotion> {
	const begun = expectOk(
		'revert',
		await scene.sidecar.api<Promotion>(`${path}/revert`, { body: { workflow: target } }),
	);
	return await scene.operator.ended(begun.id);
}

it('reverts by a promotion of what was promoted, seen live, and keeps what it replaced', async () => {
	expect(await kinds()).toEqual([]);
	await editCode(scene.production, target, code(66));
	await publish(scene.production, target);
	const [found] = await drift();
	expect(found).toMatchObject({ kind: 'live', weight: 'behaviour', author: expect.any(String) });
	expect(found?.diff).toContain('66');

	const reverted = await revert();
	expect(reverted).toMatchObject({ phase: 'succeeded', from: 'production', to: 'production' });
	expect(await callWebhook(scene.production, slug(name), {})).toMatchObject({ body: { v: 1 } });
	expect(await kinds()).toEqual([]);

	// As safe as any: it can be rolled back, and the edit is there again.
	const undone = await scene.operator.rollBack(reverted.id);
	expect(undone.phase).toBe('succeeded');
	expect(codeIn((await read(scene.production, target)).activeVersion?.nodes)).toBe(code(66));
});

it('brings back what was unpublished, tags included, and takes a draft edit away', async () => {
	await editCode(scene.production, target, code(7));
	const tag = expectOk(
		'tag',
		await scene.production.api<{ id: string }>('/tags', { body: { name: slug(name).slice(-20) } }),
	);
	await scene.production.api(`/workflows/${target}/tags`, {
		method: 'PUT',
		body: [{ id: tag.id }],
	});
	await scene.sidecar.api(`/environments/production/workflows/${target}/pause`, {
		body: { reason: 'supplier down' },
	});
	const found = await drift();
	expect(found.map(({ kind }) => kind).sort()).toEqual(['draft', 'tags', 'unpublished']);
	expect(found.find(({ kind }) => kind === 'unpublished')?.diff).toContain('supplier down');
	expect((await revert()).phase).toBe('succeeded');
	const stored = await read(scene.production, target);
	expect(stored).toMatchObject({ active: true, tags: [] });
	expect([codeIn(stored.nodes), codeIn(stored.activeVersion?.nodes)]).toEqual([code(1), code(1)]);
	expect(await kinds()).toEqual([]);
});

it('takes out of service what was promoted as a draft only and published by hand', async () => {
	await editCode(scene.dev, source, code(2));
	const plan = { environment: 'dev', workflowIds: [source], to: 'production', publish: false };
	await scene.operator.promote(plan);
	expect(await kinds()).toEqual([]);
	await publish(scene.production, target);
	expect(await kinds()).toEqual(['live']);
	expect((await revert()).phase).toBe('succeeded');
	const stored = await read(scene.production, target);
	expect([codeIn(stored.nodes), codeIn(stored.activeVersion?.nodes)]).toEqual([code(2), code(1)]);
	expect(await kinds()).toEqual([]);
});

it('waits at a closed gate of a protected environment, and reverts when it is opened', async () => {
	const { sidecar, operator, production, proxy } = scene;
	const quiet = { deadLetters: { follow: false } };
	const access = { baseUrl: proxy.baseUrl, apiKey: production.apiKey };
	const bob = expectOk(
		'make a token',
		await sidecar.api<{ token: string }>('/tokens', { body: { name: 'bob', role: 'operator' } }),
	);
	await editCode(production, target, code(66));
	await publish(production, target);
	const live = async () => codeIn((await read(production, target)).activeVersion?.nodes);
	await operator.register('production', access, { ...quiet, protected: { approvals: 1 } });
	try {
		const body = { workflow: target };
		const waiting = expectOk('revert', await sidecar.api<Promotion>(`${path}/revert`, { body }));
		expect(waiting.phase).toBe('awaiting-approval');
		expect(await kinds()).toEqual(['live']);
		expect(await live()).toBe(code(66));

		const word = { decision: 'approve', planDigest: waiting.plan.digest };
		const approvals = `/promotions/${waiting.id}/approvals`;
		expectOk('approve', await sidecar.api(approvals, { body: word, token: bob.token }));
		expect((await operator.ended((await operator.apply(waiting)).id)).phase).toBe('succeeded');
		expect(await live()).toBe(code(1));
		expect(await kinds()).toEqual([]);
	} finally {
		await operator.register('production', access, { ...quiet, protected: false });
	}
});

it('does not revert over an edit that came in between', async () => {
	await editCode(scene.production, target, code(8));
	scene.proxy.add({
		when: ({ method, path: asked }) => method === 'PUT' && asked.includes(target),
		before: async () => {
			await editCode(scene.production, target, code(9));
		},
	});
	expect((await revert()).phase).toBe('failed');
	expect(codeIn((await read(scene.production, target)).nodes)).toBe(code(9));
});

it('expects what was adopted, and then what is promoted or rolled back next', async () => {
	await editCode(scene.production, target, code(5));
	await publish(scene.production, target);
	await scene.sidecar.api(`${path}/adopt`, { body: { workflow: target } });
	expect(await kinds()).toEqual([]);
	const nothing = scene.sidecar.api(`${path}/revert`, { body: { workflow: target } });
	expect(await refusal(nothing)).toMatchObject({ status: 404, code: 'drift_not_found' });

	await editCode(scene.dev, source, code(3));
	const next = await promote();
	expect(await kinds()).toEqual([]);
	await editCode(scene.production, target, code(4));
	expect(await kinds()).toEqual(['draft']);
	await revert();
	expect(codeIn((await read(scene.production, target)).nodes)).toBe(code(3));
	expect((await scene.operator.rollBack(next.id)).phase).toBe('succeeded');
	expect(codeIn((await read(scene.production, target)).nodes)).toBe(code(5));
	expect(await kinds()).toEqual([]);
});

it('follows a workflow that was deleted and restored, and writes all of it down', async () => {
	const workflows = '/environments/production/workflows';
	await scene.sidecar.api(`${workflows}/${target}`, { method: 'DELETE' });
	expect(await kinds()).toEqual(['deleted']);
	const gone = scene.sidecar.api(`${path}/revert`, { body: { workflow: target } });
	expect(await refusal(gone)).toMatchObject({ status: 404, code: 'workflow_not_found' });
	const restored = expectOk(
		'restore',
		await scene.sidecar.api<{ id: string }>(`${workflows}/${target}/restore`, { body: {} }),
	);
	const former = target;
	target = restored.id;
	expect(await kinds()).toEqual([]);

	const audit = expectOk(
		'audit',
		await scene.sidecar.api<{ data: Array<{ action: string; outcome: string }> }>(
			`/audit?subject=${former}`,
		),
	);
	expect(audit.data.map(({ action, outcome }) => [action.split('/').pop(), outcome])).toEqual([
		['restore', 'ok'],
		['{id}', 'ok'],
	]);
	const promoted = expectOk(
		'audit',
		await scene.sidecar.api<{ data: Array<{ action: string; actor: string }> }>(
			`/audit?subject=${promotion.id}`,
		),
	);
	expect(promoted.data.map(({ action }) => action)).toEqual([
		'promotion.succeeded',
		'POST /api/v1/promotions/{id}/apply',
		'POST /api/v1/promotions',
	]);
	const proof = expectOk('proof', await scene.sidecar.api<{ intact: boolean }>('/audit/verify'));
	expect(proof.intact).toBe(true);
	const { body: metrics } = await scene.sidecar.api<string>('//metrics');
	expect(metrics).toContain(
		'orchestration_drift_last_scan_timestamp_seconds{environment="production"}',
	);
});
