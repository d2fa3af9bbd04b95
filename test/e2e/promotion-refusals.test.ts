import { randomUUID } from 'node:crypto';
import type { Promotion } from '../../sidecar/contract/promotions';
import { createWorkflow } from '../support/n8n/workflow-runs';
import { subWorkflow } from '../support/n8n/workflows';
import { fresh, openScene, refusal, type Scene } from './promotion-scene';

jest.setTimeout(120_000);

let scene: Scene;
let workflowId: string;

beforeAll(async () => {
	scene = await openScene();
	workflowId = (await createWorkflow(scene.dev, subWorkflow(fresh('Refused')))).id;
});
afterAll(async () => {
	await scene?.close();
});

const codeOf = async (...ask: Parameters<Scene['sidecar']['api']>) => {
	const { status, code } = await refusal(scene.sidecar.api(...ask));
	return [status, code];
};
const plan = async (body: object) => await codeOf('/promotions', { body });
const source = () => ({ environment: 'dev', workflowIds: [workflowId] });

it('says why a promotion cannot be planned', async () => {
	const { baseUrl, apiKey } = scene.dev;
	await scene.operator.register('dev-twin', { baseUrl, apiKey });
	expect(await plan({ ...source(), to: 'dev' })).toEqual([422, 'promotion_stage_order']);
	expect(await plan({ ...source(), to: 'dev-twin' })).toEqual([422, 'promotion_stage_order']);
	expect(await plan({ environment: 'production', workflowIds: ['x'], to: 'dev' })).toEqual([
		422,
		'promotion_stage_order',
	]);
	expect(await plan({ ...source(), to: 'nowhere' })).toEqual([404, 'environment_not_found']);
	expect(await plan({ ...source(), environment: 'nowhere', to: 'production' })).toEqual([
		404,
		'environment_not_found',
	]);
	expect(await plan({ environment: 'dev', workflowIds: ['nosuch'], to: 'production' })).toEqual([
		404,
		'workflow_not_found',
	]);
	expect(await plan({ releaseId: randomUUID(), to: 'production' })).toEqual([
		404,
		'release_not_found',
	]);
	const { id: releaseId } = await scene.operator.release('dev', [workflowId]);
	expect(await plan({ ...source(), releaseId, to: 'production' })).toEqual([
		400,
		'invalid_request',
	]);
	expect(await plan({ releaseId, workflowIds: [workflowId], to: 'production' })).toEqual([
		400,
		'invalid_request',
	]);
	expect(await plan({ to: 'production' })).toEqual([400, 'invalid_request']);
	expect(await plan({ environment: 'dev', workflowIds: [], to: 'production' })).toEqual([
		400,
		'invalid_request',
	]);
});

it('plans a release that was made before, whatever became of its source', async () => {
	const { id } = await createWorkflow(scene.dev, subWorkflow(fresh('Released')));
	const { id: releaseId } = await scene.operator.release('dev', [id]);
	await scene.dev.rest(`/workflows/${id}/archive`, { method: 'POST' });
	await scene.dev.rest(`/workflows/${id}`, { method: 'DELETE' });
	const done = await scene.operator.promote({ releaseId, to: 'production' });
	expect(done).toMatchObject({ phase: 'succeeded', releaseId });
});

it('is applied once, and not after it was given up', async () => {
	const promotion = await scene.operator.plan({ ...source(), to: 'production' });
	const apply = `/promotions/${promotion.id}/apply`;
	const body = { planDigest: promotion.plan.digest };
	expect((await scene.sidecar.api(apply, { body })).status).toBe(202);
	expect(await codeOf(apply, { body })).toEqual([409, 'promotion_phase']);
	await scene.operator.ended(promotion.id);
	expect(await codeOf(apply, { body })).toEqual([409, 'promotion_phase']);
	expect(await codeOf(`/promotions/${promotion.id}/abort`, { body: {} })).toEqual([
		409,
		'promotion_phase',
	]);

	const given = await scene.operator.plan({ ...source(), to: 'production' });
	const { body: aborted } = await scene.sidecar.api<Promotion>(`/promotions/${given.id}/abort`, {
		method: 'POST',
	});
	expect(aborted).toMatchObject({ phase: 'aborted', reason: expect.stringContaining('given up') });
	const late = { body: { planDigest: given.plan.digest } };
	expect(await codeOf(`/promotions/${given.id}/apply`, late)).toEqual([409, 'promotion_phase']);
	expect(await codeOf(`/promotions/${given.id}/abort`, { method: 'POST' })).toEqual([
		409,
		'promotion_phase',
	]);
});

it('is not applied while it is blocked', async () => {
	const body = subWorkflow(fresh('Blocked'));
	body.settings = { ...body.settings, errorWorkflow: 'nosuchworkflow01' };
	const { id } = await createWorkflow(scene.dev, body);
	const promotion = await scene.operator.plan({
		environment: 'dev',
		workflowIds: [id],
		to: 'production',
	});
	expect(promotion.plan.blockers).toMatchObject([
		{ code: 'workflow_unmapped', place: 'settings.errorWorkflow' },
	]);
	const ask = { body: { planDigest: promotion.plan.digest } };
	expect(await codeOf(`/promotions/${promotion.id}/apply`, ask)).toEqual([
		409,
		'promotion_blocked',
	]);
});

it('knows no promotion that it was not asked for', async () => {
	const id = randomUUID();
	const body = { planDigest: '0'.repeat(64) };
	expect(await codeOf(`/promotions/${id}`)).toEqual([404, 'promotion_not_found']);
	expect(await codeOf(`/promotions/${id}/apply`, { body })).toEqual([404, 'promotion_not_found']);
	expect(await codeOf(`/promotions/${id}/rollback`, { body: {} })).toEqual([
		404,
		'promotion_not_found',
	]);
	expect(await codeOf('/promotions/x')).toEqual([400, 'invalid_request']);
});

describe('tokens', () => {
	const tokenFor = async (role: string, environment?: string) => {
		const { body } = await scene.sidecar.api<{ token: string }>('/tokens', {
			body: { name: fresh(role), role, ...(environment ? { environment } : {}) },
		});
		return body.token;
	};

	it('of viewers plan, apply and roll back nothing', async () => {
		const token = await tokenFor('viewer');
		const promotion = await scene.operator.plan({ ...source(), to: 'production' });
		const body = { planDigest: promotion.plan.digest };
		const refused = [403, 'forbidden'];
		const at = `/promotions/${promotion.id}`;
		expect(await codeOf('/promotions', { body: { ...source(), to: 'production' }, token })).toEqual(
			refused,
		);
		expect(await codeOf(`${at}/apply`, { body, token })).toEqual(refused);
		expect(await codeOf(`${at}/rollback`, { body: {}, token })).toEqual(refused);
		expect(await codeOf(`${at}/abort`, { method: 'POST', token })).toEqual(refused);
		expect((await scene.sidecar.api(at, { token })).status).toBe(200);
	});

	it('for another environment neither see nor touch a promotion', async () => {
		const promotion = await scene.operator.plan({ ...source(), to: 'production' });
		const body = { planDigest: promotion.plan.digest };
		const token = await tokenFor('operator', 'dev');
		const refused = [403, 'forbidden'];
		const at = `/promotions/${promotion.id}`;
		expect(await codeOf('/promotions', { body: { ...source(), to: 'production' }, token })).toEqual(
			refused,
		);
		expect(await codeOf(at, { token })).toEqual(refused);
		expect(await codeOf(`${at}/apply`, { body, token })).toEqual(refused);
		expect(await codeOf('/promotions?to=production', { token })).toEqual(refused);
		const { body: own } = await scene.sidecar.api<{ data: unknown[] }>('/promotions', { token });
		expect(own.data).toEqual([]);
	});

	it('for the target may plan and apply, from wherever it comes', async () => {
		const token = await tokenFor('operator', 'production');
		const { status, body } = await scene.sidecar.api<Promotion>('/promotions', {
			body: { ...source(), to: 'production' },
			token,
		});
		expect(status).toBe(201);
		const planDigest = body.plan.digest;
		const applied = await scene.sidecar.api(`/promotions/${body.id}/apply`, {
			body: { planDigest },
			token,
		});
		expect(applied.status).toBe(202);
		await scene.operator.ended(body.id);
	});
});
