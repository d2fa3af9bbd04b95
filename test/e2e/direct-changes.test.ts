import { aloneByLease } from '../../sidecar/direct-changes/alone';
import { findEnvironment } from '../../sidecar/environments/find-environment';
import { directChangesRoutes } from '../../sidecar/http/direct-changes-routes';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { promotionUnderWay } from '../../sidecar/promotion/promotion-ports';
import { createDirectChangeStore } from '../../sidecar/storage/direct-change-store';
import { createLeaseStore } from '../../sidecar/storage/lease-store';
import { createPromotionStore } from '../../sidecar/storage/promotion-store';
import { createVersionStore } from '../../sidecar/storage/version-store';
import { keepVersion } from '../../sidecar/workflow-versions/snapshot';
import { openHttpRoom, type HttpRoom, type RoomParts } from '../support/http/http-room';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { isWrite, startN8nProxy, type N8nProxy, type SeenRequest } from '../support/n8n/n8n-proxy';
import { expectOk } from '../support/n8n/n8n-requests';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { named, read } from '../support/n8n/workflow-edits';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { callingWorkflow, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { codeIn, editCode, fresh, slug } from './promotion-scene';

jest.setTimeout(240_000);

let room: HttpRoom;
let n8n: N8nConnection;
let proxy: N8nProxy;

function routesOn({ pool, environments, engineOf }: RoomParts) {
	const versions = createVersionStore(pool);
	const promotions = createPromotionStore(pool);
	const leases = createLeaseStore(pool);
	const clock = systemClock;
	return directChangesRoutes({
		environmentOf: async (name) => await findEnvironment(environments, name),
		engineOf,
		versions,
		keepVersion: async (request, workflow) =>
			await keepVersion({ versions, clock, newId }, request, workflow),
		changes: createDirectChangeStore(pool),
		promotionUnderWay: async (environment) => await promotionUnderWay(promotions, environment),
		alone: aloneByLease({ leases, clock, newId }),
		setCodeDispatch: async () => null,
		clock,
		newId,
	});
}

beforeAll(async () => {
	n8n = await sharedN8n('dev');
	proxy = await startN8nProxy(n8n);
	room = await openHttpRoom({ routesOn });
	const access = { engine: 'n8n', baseUrl: proxy.baseUrl, apiKey: n8n.apiKey };
	for (const [name, more] of [
		['dev', { stage: 'dev' }],
		['guarded', { stage: 'production', protected: true }],
	] as const) {
		await room.call(`PUT /api/v1/environments/${name}`, { body: { ...access, ...more } });
	}
}, 240_000);
afterAll(async () => {
	await room?.close();
	await proxy?.close();
});
beforeEach(() => {
	proxy.clear();
});

const root = '/api/v1/environments/dev/workflows';
const code = (v: number) => `return [{ json: { v: ${v} } }];`;
const answers = async (path: string) =>
	(await fetch(`${n8n.baseUrl}/webhook/${path}`, { method: 'POST' })).status;

/** Live in n8n, its code says 1. */
async function live(name = fresh('Direct')) {
	const body = webhookWorkflow({ name, path: slug(name), respond: 'lastNode', code: code(1) });
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	return { id, name, path: slug(name), body };
}

const shown = async (id: string) => (await room.call(`GET ${root}/${id}`)).body;

/** The update that makes its code say 2. */
async function secondCode(id: string, more: Record<string, unknown> = {}) {
	const { content, revision } = await shown(id);
	const changed = JSON.parse(JSON.stringify(content).replace('v: 1', 'v: 2')) as object;
	return { body: { basedOn: revision, content: changed, ...more } };
}

/** Writes of ours to n8n, in short. */
const to = (method: string, end: RegExp) => (seen: SeenRequest) =>
	isWrite(seen) && seen.method === method && end.test(seen.path.replace(/\?.*/, ''));

describe('update', () => {
	it('replaces the draft and leaves what is live', async () => {
		const { id } = await live();
		const answer = await room.call(`PUT ${root}/${id}`, await secondCode(id));
		expect(answer).toMatchObject({ status: 200, body: { active: true, warnings: [] } });
		expect(answer.body['draftVersionId']).not.toBe(answer.body['liveVersionId']);
		expect(answer.body['previousVersionId']).not.toBe(answer.body['versionId']);
		const stored = await read(n8n, id);
		expect(codeIn(stored.nodes)).toContain('v: 2');
		expect(codeIn(stored.activeVersion?.nodes)).toContain('v: 1');
	});

	it('publishes when asked to, and has seen it live when it answers', async () => {
		const { id, path } = await live();
		await room.call(`PUT ${root}/${id}`, await secondCode(id, { publish: true }));
		const body: unknown = await (
			await fetch(`${n8n.baseUrl}/webhook/${path}`, { method: 'POST' })
		).json();
		expect(body).toMatchObject({ v: 2 });
	});

	it.each<[string, (id: string) => Promise<unknown>, string]>([
		['an edit', async (id) => await editCode(n8n, id, code(7)), 'was edited by'],
		[
			'other settings',
			async (id) => {
				const { name, nodes, connections } = await read(n8n, id);
				const body = { name, nodes, connections, settings: { timezone: 'Asia/Tokyo' } };
				await n8n.api(`/workflows/${id}?publishIfActive=false`, { method: 'PUT', body });
			},
			'got other settings',
		],
		[
			'an unpublishing',
			async (id) => await n8n.api(`/workflows/${id}/unpublish`, { method: 'POST' }),
			'was unpublished',
		],
	])('refuses when there was %s that it does not know of, and names it', async (_, make, words) => {
		const { id } = await live();
		const update = await secondCode(id);
		await make(id);
		const before = await read(n8n, id);
		const answer = await room.call(`PUT ${root}/${id}`, update);
		expect(answer).toMatchObject({ status: 409, body: { code: 'workflow_edited' } });
		expect(String(answer.body['detail'])).toContain(words);
		expect((await read(n8n, id)).versionId).toBe(before.versionId);
	});

	it('puts an edit back that came in the very moment of the write', async () => {
		const { id } = await live();
		const update = await secondCode(id);
		proxy.add({
			when: to('PUT', new RegExp(`${id}$`)),
			before: async () => {
				await editCode(n8n, id, code(9));
			},
		});
		const answer = await room.call(`PUT ${root}/${id}`, update);
		expect(answer).toMatchObject({ status: 409, body: { code: 'workflow_edited' } });
		expect(codeIn((await read(n8n, id)).nodes)).toBe(code(9));
	});

	it.each(['never-sent', 'lost'] as const)(
		'is not doubled or lost when an answer is %s',
		async (fate) => {
			for (const [method, end] of [
				['PUT', /workflows\/\w+$/],
				['POST', /publish$/],
			] as const) {
				const { id } = await live();
				const update = await secondCode(id, { publish: true });
				proxy.add({ when: to(method, end), fate });
				const answer = await room.call(`PUT ${root}/${id}`, update);
				const stored = await read(n8n, id);
				const [draft, active] = [codeIn(stored.nodes), codeIn(stored.activeVersion?.nodes)];
				if (fate === 'lost') {
					expect(answer.status).toBe(200);
					expect([draft, active]).toEqual([code(2), code(2)]);
				} else {
					expect(answer.status).toBe(502);
					expect(active).toBe(code(1));
				}
			}
		},
	);

	it('does not publish what would never start, and saves nothing then', async () => {
		const { id } = await live();
		const { content, revision } = await shown(id);
		const { nodes } = content as { nodes: object[] };
		const bad = {
			name: 'Every',
			type: 'n8n-nodes-base.scheduleTrigger',
			typeVersion: 1.2,
			position: [0, 300],
			parameters: { rule: { interval: [{ field: 'cronExpression', expression: '99 * * * *' }] } },
		};
		const changed = { ...(content as object), nodes: [...nodes, bad] };
		const answer = await room.call(`PUT ${root}/${id}`, {
			body: { basedOn: revision, content: changed, publish: true },
		});
		expect(answer).toMatchObject({ status: 422, body: { code: 'workflow_invalid' } });
		expect((await read(n8n, id)).nodes).toHaveLength(nodes.length);
	});
});

describe('create', () => {
	it('makes a draft, or something seen live, and survives lost answers', async () => {
		for (const publishIt of [false, true]) {
			const name = fresh('Created');
			const content = webhookWorkflow({ name, path: slug(name) });
			proxy.add({ when: to('POST', /workflows$/), fate: 'lost' });
			proxy.add({ when: to('PUT', /workflows\/\w+$/), fate: 'lost' });
			const answer = await room.call(`POST ${root}`, { body: { content, publish: publishIt } });
			expect(answer).toMatchObject({ status: 201, body: { name, active: publishIt } });
			expect(await named(n8n, name)).toHaveLength(1);
			expect(await answers(slug(name))).toBe(publishIt ? 200 : 404);
		}
		const marked = expectOk(
			'list',
			await n8n.api<{ data: object[] }>('/workflows?name=creating'),
		).data;
		expect(marked).toEqual([]);
	});

	it('leaves nothing behind when it cannot be published', async () => {
		const { path } = await live();
		const name = fresh('Clash');
		const content = webhookWorkflow({ name, path });
		const answer = await room.call(`POST ${root}`, { body: { content, publish: true } });
		expect(answer).toMatchObject({ status: 409, body: { code: 'engine_conflict' } });
		expect(await named(n8n, name)).toEqual([]);
	});
});

describe('pause and resume', () => {
	it('takes it out and brings back exactly what was live, the draft untouched', async () => {
		const { id, path } = await live();
		const { activeVersion } = await read(n8n, id);
		await editCode(n8n, id, code(5));
		proxy.add({ when: to('POST', /unpublish$/), fate: 'lost' });
		const paused = await room.call(`POST ${root}/${id}/pause`, { body: { reason: 'supplier' } });
		expect(paused).toMatchObject({ status: 200, body: { active: false } });
		expect(await answers(path)).toBe(404);
		expect((await room.call(`POST ${root}/${id}/pause`)).status).toBe(200);
		const list = await room.call('GET /api/v1/environments/dev/paused-workflows');
		expect(list.body.data).toMatchObject([{ workflowId: id, reason: 'supplier' }]);

		proxy.add({ when: to('POST', /\/publish$/), fate: 'lost' });
		const resumed = await room.call(`POST ${root}/${id}/resume`);
		expect(resumed).toMatchObject({
			status: 200,
			body: { active: true, liveVersionId: activeVersion?.versionId },
		});
		expect(await answers(path)).toBe(200);
		expect(codeIn((await read(n8n, id)).nodes)).toBe(code(5));
		const again = await room.call(`POST ${root}/${id}/resume`);
		expect(again).toMatchObject({ status: 409, body: { code: 'workflow_not_paused' } });
	});

	it('publishes our copy when n8n has forgotten the version, and keeps the draft', async () => {
		const { id, path } = await live();
		await room.call(`POST ${root}/${id}/pause`);
		await editCode(n8n, id, code(6));
		const forgotten = '00000000-0000-4000-8000-000000000000';
		await room.pool.query('update paused_workflows set live_version_id = $1', [forgotten]);
		const resumed = await room.call(`POST ${root}/${id}/resume`);
		expect(resumed.status).toBe(200);
		expect(await answers(path)).toBe(200);
		const stored = await read(n8n, id);
		expect(codeIn(stored.activeVersion?.nodes)).toBe(code(1));
		expect(codeIn(stored.nodes)).toBe(code(6));
	});

	it('refuses what is not live, and to resume over what somebody else has published', async () => {
		const { id } = await live();
		await room.call(`POST ${root}/${id}/pause`);
		await editCode(n8n, id, code(8));
		await publish(n8n, id);
		const answer = await room.call(`POST ${root}/${id}/resume`);
		expect(answer).toMatchObject({ status: 409, body: { code: 'workflow_edited' } });
		const draft = await createWorkflow(n8n, subWorkflow(fresh('Never live')));
		expect((await room.call(`POST ${root}/${draft.id}/pause`)).body).toMatchObject({
			code: 'workflow_not_published',
		});
	});

	it('does not take away what live workflows call, unless forced', async () => {
		const child = await createWorkflow(n8n, subWorkflow(fresh('Child')));
		await publish(n8n, child.id);
		const name = fresh('Caller');
		const caller = await createWorkflow(n8n, callingWorkflow(name, slug(name), child.id));
		await publish(n8n, caller.id);
		for (const call of [`POST ${root}/${child.id}/pause`, `DELETE ${root}/${child.id}`]) {
			const answer = await room.call(call);
			expect(answer).toMatchObject({ status: 409, body: { callers: [caller.id] } });
		}
		expect((await read(n8n, child.id)).active).toBe(true);
		const forced = await room.call(`POST ${root}/${child.id}/pause`, { body: { force: true } });
		expect(forced.status).toBe(200);
	});
});

describe('delete and restore', () => {
	it('puts back draft, live version, settings and tags, and the key follows', async () => {
		const { id, name, path } = await live();
		await editCode(n8n, id, code(3));
		const tag = expectOk(
			'tag',
			await n8n.api<{ id: string; name: string }>('/tags', {
				body: { name: `t${newId().slice(-12)}` },
			}),
		);
		await n8n.api(`/workflows/${id}/tags`, { method: 'PUT', body: [{ id: tag.id }] });
		proxy.add({ when: to('POST', /unpublish$/), fate: 'lost' });
		proxy.add({ when: to('DELETE', /./), fate: 'lost' });
		const deleted = await room.call(`DELETE ${root}/${id}?reason=old`);
		expect(deleted).toMatchObject({
			status: 200,
			body: { state: 'deleted', name, tags: [tag.name], reason: 'old' },
		});
		expect((await n8n.api(`/workflows/${id}`)).status).toBe(404);
		expect((await room.call(`DELETE ${root}/${id}`)).status).toBe(404);

		for (const [method, end] of [
			['POST', /workflows$/],
			['POST', /\/publish$/],
		] as const) {
			proxy.add({ when: to(method, end), fate: 'lost' });
		}
		const back = await room.call(`POST ${root}/${id}/restore`);
		expect(back).toMatchObject({
			status: 201,
			body: { name, active: true, workflowKey: deleted.body['workflowKey'], warnings: [] },
		});
		expect(await answers(path)).toBe(200);
		const stored = await read(n8n, String(back.body['id']));
		expect(stored).toMatchObject({ name, tags: [{ id: tag.id }] });
		expect(codeIn(stored.nodes)).toBe(code(3));
		expect(codeIn(stored.activeVersion?.nodes)).toBe(code(1));
		expect(await named(n8n, name)).toHaveLength(1);
		const again = await room.call(`POST ${root}/${id}/restore`);
		expect(again).toMatchObject({ status: 404, body: { restoredAs: stored.id } });
	});

	it('goes on when repeated after n8n went away in the middle, and knows still that it was live', async () => {
		const { id } = await live();
		proxy.add({ when: to('DELETE', /./), fate: 'never-sent', times: 9 });
		expect((await room.call(`DELETE ${root}/${id}`)).status).toBe(502);
		proxy.clear();
		expect((await room.call(`DELETE ${root}/${id}`)).status).toBe(200);
		const back = await room.call(`POST ${root}/${id}/restore`);
		expect(back).toMatchObject({ status: 201, body: { active: true } });
	});

	it('refuses when it is not what was looked at', async () => {
		const { id } = await live();
		const { revision } = await shown(id);
		await editCode(n8n, id, code(4));
		const answer = await room.call(`DELETE ${root}/${id}?basedOn=${String(revision)}`);
		expect(answer).toMatchObject({ status: 409, body: { code: 'workflow_edited' } });
	});
});

it('leaves a protected environment to promotions, but for an emergency with a reason', async () => {
	const { id } = await live();
	const guarded = '/api/v1/environments/guarded/workflows';
	const update = (await secondCode(id)).body;
	for (const [call, body] of [
		[`PUT ${guarded}/${id}`, update],
		[`POST ${guarded}`, { content: update.content }],
		[`POST ${guarded}/${id}/pause`, {}],
		[`POST ${guarded}/${id}/resume`, {}],
		[`DELETE ${guarded}/${id}`, undefined],
		[`POST ${guarded}/${id}/restore`, {}],
	] as const) {
		const answer = await room.call(call, body === undefined ? {} : { body });
		expect(answer).toMatchObject({ status: 403, body: { code: 'environment_protected' } });
	}
	const body = { ...update, breakGlass: 'orders are charged twice' };
	expect((await room.call(`PUT ${guarded}/${id}`, { body })).status).toBe(200);
});

it('lets one change a workflow at a time', async () => {
	const { id } = await live();
	const update = await secondCode(id);
	const [one, other] = await Promise.all([
		room.call(`PUT ${root}/${id}`, update),
		room.call(`PUT ${root}/${id}`, update),
	]);
	expect([one.status, other.status].sort()).toEqual([200, 409]);
});
