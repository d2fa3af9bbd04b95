import { sharedN8n } from '../support/n8n/shared-n8n';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;
let n8n: N8nConnection;

beforeAll(async () => {
	[room, n8n] = await Promise.all([openHttpRoom(), sharedN8n('dev')]);
	const answer = await room.call('PUT /api/v1/environments/dev', {
		body: { engine: 'n8n', baseUrl: n8n.baseUrl, apiKey: n8n.apiKey, stage: 'dev' },
	});
	expect(answer.status).toBe(201);
}, 180_000);
afterAll(async () => {
	await room.close();
});

it('finds a real n8n in order', async () => {
	const answer = await room.call('POST /api/v1/environments/dev/check');
	expect(answer).toMatchObject({ status: 200, body: { reachable: true, ok: true } });
});

it('tells a wrong key apart from an instance that is down', async () => {
	await room.call('PUT /api/v1/environments/locked', {
		body: { engine: 'n8n', baseUrl: n8n.baseUrl, apiKey: 'wrong', stage: 'dev' },
	});
	const answer = await room.call('POST /api/v1/environments/locked/check');
	expect(answer).toMatchObject({ status: 200, body: { reachable: true, ok: false } });
	const workflows = await room.call('GET /api/v1/environments/locked/workflows');
	expect(workflows).toMatchObject({ status: 502, body: { code: 'engine_unauthorized' } });
});

it('lists workflows by a part of their name, page by page, and shows one with its draft', async () => {
	const draft = await createWorkflow(
		n8n,
		webhookWorkflow({ name: 'http-room draft', path: 'http-room-draft' }),
	);
	const live = await createWorkflow(
		n8n,
		webhookWorkflow({ name: 'http-room live', path: 'http-room-live' }),
	);
	await publish(n8n, live.id);

	const found = new Map<unknown, Record<string, unknown>>();
	let cursor = '';
	for (;;) {
		const list = `/api/v1/environments/dev/workflows?name=HTTP-room&limit=1${cursor}`;
		const { body } = await room.call(`GET ${list}`);
		for (const workflow of body.data) found.set(workflow['id'], workflow);
		if (body['nextCursor'] === null) break;
		cursor = `&cursor=${String(body['nextCursor'])}`;
	}
	expect([...found.keys()].sort()).toEqual([draft.id, live.id].sort());
	expect(found.get(draft.id)).toMatchObject({ name: 'http-room draft', active: false });
	expect(found.get(live.id)).toMatchObject({ name: 'http-room live', active: true, tags: [] });

	const one = await room.call(`GET /api/v1/environments/dev/workflows/${live.id}`);
	expect(one).toMatchObject({
		status: 200,
		body: { id: live.id, active: true, workflowKey: null, content: { name: 'http-room live' } },
	});
	const none = await room.call('GET /api/v1/environments/dev/workflows/doesnotexist');
	expect(none).toMatchObject({ status: 404, body: { code: 'workflow_not_found' } });
});
