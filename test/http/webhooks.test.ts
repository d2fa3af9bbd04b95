import type { Page } from '../../sidecar/contract/problem';
import type { Endpoint, PutSubscription } from '../../sidecar/contract/webhooks';
import { noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../sidecar/webhooks/signatures/schemes';
import { inWebhookRoom, secret } from '../support/webhooks/webhook-room';

jest.setTimeout(60_000);

const room = inWebhookRoom();

describe('an endpoint', () => {
	it('is made, changed, shown without its secrets, listed and removed', async () => {
		const made = await room.put<Endpoint>('made', {
			scheme: 'stripe',
			secrets: [secret, 'the next'],
		});
		expect(made).toMatchObject({
			status: 201,
			body: {
				path: '/hooks/made',
				secrets: 2,
				eventId: { path: 'id' },
				eventType: { path: 'type' },
				toleranceSeconds: 300,
				dedupWindowSeconds: 86_400,
				methods: ['POST'],
			},
		});
		const body = { scheme: 'stripe', dedupWindowSeconds: 1, toleranceSeconds: 60 };
		const changed = await room.put<Endpoint>('made', body);
		expect(changed).toMatchObject({
			status: 200,
			// Twice the tolerance: a request must not come twice while its signature is good.
			body: { secrets: 2, dedupWindowSeconds: 120 },
		});
		expect(await room.get('endpoints/made')).toEqual(changed.body);
		const names = (await room.get<Page<Endpoint>>('endpoints')).data.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(['made', 'orchestration']));
		expect(JSON.stringify([made.body, changed.body, room.sidecar.log()])).not.toContain(secret);
		const { rows } = await room.database.pool.query<{ all: string }>(
			'select json_agg(webhook_endpoints)::text as all from webhook_endpoints',
		);
		expect(rows[0]?.all).not.toContain(secret);
		const remove = async () =>
			(await room.sidecar.api('/webhooks/endpoints/made', { method: 'DELETE' })).status;
		expect([await remove(), await remove()]).toEqual([204, 404]);
		expect((await room.send('made', '{}')).status).toBe(404);
	});

	it.each([
		['no secret', { scheme: 'stripe' }, 'secrets'],
		['a secret that is too short', { scheme: 'standard-webhooks', secrets: ['abc'] }, 'secrets[0]'],
		['a secret for none', { scheme: 'none', secrets: ['abc'] }, 'secrets[0]'],
		['a format that is fixed', { scheme: 'github', secrets: ['a'], signature: {} }, 'signature'],
		['a path that is none', { scheme: 'none', eventId: { path: 'a..b' } }, 'eventId.path'],
		['a scheme of no kind', { scheme: 'trust-me' }, 'scheme'],
		['no method', { scheme: 'none', methods: [] }, 'methods'],
	])('is not made with %s', async (_what, body, field) => {
		const answer = await room.put('wrong', body);
		expect(answer).toMatchObject({
			status: 400,
			body: { code: 'invalid_request', errors: [{ path: field }] },
		});
	});

	it('named orchestration is not to be changed, nor sent to', async () => {
		expect(await room.put('orchestration', { scheme: 'none' })).toMatchObject({
			status: 409,
			body: { code: 'webhook_endpoint_reserved' },
		});
		expect(await room.send('orchestration', '{}')).toMatchObject({
			status: 404,
			body: { code: 'webhook_endpoint_not_found' },
		});
	});
});

describe('a node token', () => {
	let node: string;

	beforeAll(async () => {
		const body = { engine: 'n8n', apiKey: 'k', stage: 'dev', deadLetters: { follow: false } };
		for (const name of ['one', 'two']) {
			await room.sidecar.api(`/environments/${name}`, {
				method: 'PUT',
				body: { ...body, baseUrl: room.receiver.at(`/${name}`) },
			});
		}
		const wanted = { name: 'n', role: 'node', environment: 'one' };
		node = (await room.sidecar.api<{ token: string }>('/tokens', { body: wanted })).body.token;
	});

	it('subscribes its own webhook to what happens, and gets what concerns its environment', async () => {
		const path = 'orchestration/subscriptions/trigger';
		const url = room.receiver.at('/one/webhook/told');
		const answer = await room.put<PutSubscription>(path, { target: { url }, secret }, node);
		expect(answer).toMatchObject({ status: 201, body: { environment: 'one', secret: null } });
		const letter = { origin: 'api', workflowId: 'w', error: { message: 'no' } };
		for (const environment of ['two', 'one']) {
			await room.sidecar.api('/dead-letters', { body: { ...letter, environment } });
		}
		const [call] = await room.receiver.received('/one/webhook/told', 1);
		expect(JSON.parse(call?.body.toString() ?? '')).toMatchObject({
			type: 'dead_letter.created',
			environment: 'one',
			data: { workflowId: 'w' },
		});
		schemes['standard-webhooks'].verify(
			{ headers: call?.headers ?? {}, body: call?.body ?? Buffer.alloc(0) },
			{ secrets: [secret], now: new Date(), toleranceSeconds: 60, format: noFormat },
		);
		const remove = async (token: string) =>
			(await room.sidecar.api(`/webhooks/endpoints/${path}`, { method: 'DELETE', token })).status;
		expect([await remove(node), await remove(node)]).toEqual([204, 404]);
		expect(room.receiver.calls('/one/webhook/told')).toHaveLength(1);
	});

	it('subscribes nothing else', async () => {
		const own = { target: { url: room.receiver.at('/one/webhook/x') } };
		await room.subscribe('orchestration/of-two', { url: room.receiver.at('/two/webhook/x') });
		for (const [path, body] of [
			[
				'orchestration/subscriptions/other',
				{ target: { url: room.receiver.at('/two/webhook/x') } },
			],
			['orchestration/subscriptions/other', { target: { url: room.receiver.at('/elsewhere') } }],
			['orchestration/subscriptions/other', { target: { environment: 'one', path: 'x' } }],
			['orchestration/subscriptions/of-two', own],
			['shop/subscriptions/other', own],
		] as const) {
			expect(await room.put(path, body, node)).toMatchObject({
				status: 403,
				body: { code: 'forbidden' },
			});
		}
		for (const path of ['/webhooks/events', '/webhooks/deliveries', '/webhooks/endpoints']) {
			expect((await room.sidecar.api(path, { token: node })).status).toBe(403);
		}
		const listed = await room.sidecar.api<Page<PutSubscription>>(
			'/webhooks/endpoints/orchestration/subscriptions',
			{ token: node },
		);
		expect(listed.body.data).toEqual([]);
	});
});

it('tells that a circuit opened', async () => {
	await room.subscribe(
		'orchestration/circuits',
		{ url: room.receiver.at('/circuits') },
		{ events: ['circuit.*'], filter: 'subject == "told"' },
	);
	const policy = { trip: { by: 'consecutive', failures: 1 } };
	await room.sidecar.api('/circuits/told', { method: 'PUT', body: policy });
	await room.sidecar.api('/circuits/told/outcomes', { body: { failures: 1 } });
	const [call] = await room.receiver.received('/circuits', 1);
	expect(JSON.parse(call?.body.toString() ?? '')).toMatchObject({
		type: 'circuit.opened',
		subject: 'told',
		environment: null,
		data: { from: 'closed', to: 'open' },
	});
});
