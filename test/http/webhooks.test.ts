import { connect } from 'node:net';
import type { Page, Problem } from '../../sidecar/contract/problem';
import type {
	AcceptedEvent,
	Delivery,
	DeliveryDetail,
	Endpoint,
	PutSubscription,
	Redelivered,
	WebhookEvent,
	WebhookEventDetail,
} from '../../sidecar/contract/webhooks';
import type { SignatureScheme } from '../../sidecar/webhooks/endpoint';
import { noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../sidecar/webhooks/signatures/schemes';
import { until } from '../support/n8n/until';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';
import { type ReceivedCall, type Receiver, startReceiver } from '../support/webhooks/receiver';

jest.setTimeout(60_000);

let database: FreshDatabase;
let sidecar: SidecarProcess;
let receiver: Receiver;

beforeAll(async () => {
	database = await freshDatabase();
	receiver = await startReceiver();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
});
afterAll(async () => {
	receiver.stop();
	await sidecar.stop();
	await database.drop();
});

const secret = 'a-secret-of-the-tests';
const put = async <T>(path: string, body: unknown, token?: string) =>
	await sidecar.api<T & Problem>(`/webhooks/endpoints/${path}`, {
		method: 'PUT',
		body,
		...(token === undefined ? {} : { token }),
	});
const get = async <T>(path: string) => (await sidecar.api<T>(`/webhooks/${path}`)).body;
const subscribe = async (path: string, target: object, more: object = {}) => {
	const [endpoint, name] = path.split('/');
	return await put<PutSubscription>(`${endpoint}/subscriptions/${name}`, { target, ...more });
};
async function send(
	endpoint: string,
	body: string | Buffer,
	headers: Record<string, string> = {},
	method = 'POST',
) {
	const response = await fetch(`${sidecar.url}/hooks/${endpoint}`, {
		method,
		headers: { 'content-type': 'application/json', ...headers },
		...(method === 'GET' ? {} : { body: body as string }),
	});
	const text = await response.text();
	return {
		status: response.status,
		headers: response.headers,
		body: JSON.parse(text) as AcceptedEvent & Problem & { challenge: string },
	};
}
const signed = (scheme: SignatureScheme, body: string, id = 'evt_1', at = new Date()) =>
	schemes[scheme].sign({ id, at, body: Buffer.from(body) }, secret, noFormat);
const deliveredTo = async (subscription: string, state = 'delivered') =>
	await until(`${subscription} to be ${state}`, async () => {
		const { data } = await get<Page<Delivery>>(`deliveries?subscription=${subscription}`);
		return data.length > 0 && data.every((each) => each.state === state) ? data : undefined;
	});

describe('an endpoint', () => {
	it('is made, changed, shown without its secrets, listed and removed', async () => {
		const made = await put<Endpoint>('made', { scheme: 'stripe', secrets: [secret, 'the next'] });
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
		const changed = await put<Endpoint>('made', body);
		expect(changed).toMatchObject({
			status: 200,
			// Twice the tolerance: a request must not come twice while its signature is good.
			body: { secrets: 2, dedupWindowSeconds: 120 },
		});
		expect(await get('endpoints/made')).toEqual(changed.body);
		const names = (await get<Page<Endpoint>>('endpoints')).data.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(['made', 'orchestration']));
		expect(JSON.stringify([made.body, changed.body, sidecar.log()])).not.toContain(secret);
		const { rows } = await database.pool.query<{ all: string }>(
			'select json_agg(webhook_endpoints)::text as all from webhook_endpoints',
		);
		expect(rows[0]?.all).not.toContain(secret);
		const remove = async () =>
			(await sidecar.api('/webhooks/endpoints/made', { method: 'DELETE' })).status;
		expect([await remove(), await remove()]).toEqual([204, 404]);
		expect((await send('made', '{}')).status).toBe(404);
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
		const answer = await put('wrong', body);
		expect(answer).toMatchObject({
			status: 400,
			body: { code: 'invalid_request', errors: [{ path: field }] },
		});
	});

	it('named orchestration is not to be changed, nor sent to', async () => {
		expect(await put('orchestration', { scheme: 'none' })).toMatchObject({
			status: 409,
			body: { code: 'webhook_endpoint_reserved' },
		});
		expect(await send('orchestration', '{}')).toMatchObject({
			status: 404,
			body: { code: 'webhook_endpoint_not_found' },
		});
	});
});

describe('intake', () => {
	it.each(['standard-webhooks', 'stripe', 'github', 'slack', 'shopify', 'hmac'] as const)(
		'of %s takes a request in once, however often it comes, and refuses what is not signed',
		async (scheme) => {
			await put(`in-${scheme}`, { scheme, secrets: [secret] });
			const body = JSON.stringify({ id: 'evt_1', event_id: 'evt_1', type: 'order.made' });
			const headers = signed(scheme, body);
			const first = await send(`in-${scheme}`, body, headers);
			expect(first).toMatchObject({ status: 202, body: { eventId: expect.any(String) } });
			const replayed = await Promise.all([
				send(`in-${scheme}`, body, headers),
				send(`in-${scheme}`, body, signed(scheme, body)),
			]);
			for (const again of replayed) {
				expect(again).toMatchObject({ status: 202, body: first.body });
			}
			for (const [other, kept] of [
				[`${body} `, headers],
				[body, {}],
			] as const) {
				expect(await send(`in-${scheme}`, other, kept)).toMatchObject({
					status: 403,
					body: { code: 'webhook_signature_invalid' },
				});
			}
			const { data } = await get<Page<WebhookEvent>>(`events?endpoint=in-${scheme}`);
			expect(data).toHaveLength(1);
		},
	);

	it('refuses an old request', async () => {
		await put('aged', { scheme: 'stripe', secrets: [secret], toleranceSeconds: 10 });
		const headers = signed('stripe', '{}', 'evt_1', new Date(Date.now() - 60_000));
		expect(await send('aged', '{}', headers)).toMatchObject({
			status: 403,
			body: { code: 'webhook_signature_invalid' },
		});
	});

	it('takes what was signed with the former or the new secret while it is changed', async () => {
		await put('rotating', { scheme: 'github', secrets: ['former', secret] });
		const headers = (key: string, body: string) =>
			schemes.github.sign({ id: body, at: new Date(), body: Buffer.from(body) }, key, noFormat);
		expect((await send('rotating', '1', headers('former', '1'))).status).toBe(202);
		expect((await send('rotating', '2', headers(secret, '2'))).status).toBe(202);
		await put('rotating', { scheme: 'github', secrets: [secret] });
		expect((await send('rotating', '3', headers('former', '3'))).status).toBe(403);
	});

	it('answers the question of Slack, when it is signed, and keeps no event of it', async () => {
		await put('slack', { scheme: 'slack', secrets: [secret] });
		const body = JSON.stringify({ type: 'url_verification', challenge: 'c-1', token: 'x' });
		expect(await send('slack', body, signed('slack', body))).toMatchObject({
			status: 200,
			body: { challenge: 'c-1' },
		});
		expect((await send('slack', body)).status).toBe(403);
		expect((await get<Page<WebhookEvent>>('events?endpoint=slack')).data).toEqual([]);
	});

	it('keeps the bytes, and not what lets the sender in elsewhere', async () => {
		await put('bytes', { scheme: 'none', orderingKey: { header: 'X-Key' } });
		const bytes = Buffer.from([0xff, 0x00, 0x7b, 0xfe]);
		const headers = { authorization: 'Bearer theirs', cookie: 'a=b', 'x-key': 'k1', 'x-own': 'v' };
		const { body } = await send('bytes?a=1&b=%20', bytes, headers);
		const event = await get<WebhookEventDetail>(`events/${body.eventId}`);
		expect(event).toMatchObject({
			type: 'unknown',
			orderingKey: 'k1',
			query: 'a=1&b=%20',
			bytes: 4,
			headers: { 'x-own': 'v' },
			body: { encoding: 'base64', data: bytes.toString('base64') },
		});
		expect(Object.keys(event.headers)).not.toEqual(expect.arrayContaining(['authorization']));
		expect(JSON.stringify(event)).not.toMatch(/theirs|a=b/);
	});

	it('takes only the methods of the endpoint', async () => {
		await put('methods', { scheme: 'none', methods: ['PUT', 'GET'] });
		expect((await send('methods', '{}', {}, 'PUT')).status).toBe(202);
		expect((await send('methods?button=1', '', {}, 'GET')).status).toBe(202);
		const refused = await send('methods', '{}');
		expect(refused).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
		expect(refused.headers.get('allow')).toBe('PUT, GET');
	});

	it('refuses what is too large, cut off or packed, and takes odd bodies as they are', async () => {
		await put('odd', { scheme: 'none', maxBytes: 300_000 });
		expect(await send('odd', 'x'.repeat(300_001))).toMatchObject({
			status: 413,
			body: { code: 'body_too_large', limitBytes: 300_000 },
		});
		expect(await chunked('odd', 301)).toContain(' 413 ');
		expect(await cutOff('odd')).toBe('');
		expect(await send('odd', '{}', { 'content-encoding': 'gzip' })).toMatchObject({
			status: 415,
			body: { code: 'unsupported_media_type' },
		});
		for (const body of [
			'['.repeat(290_000),
			`{"type":"${'x'.repeat(5_000)}"}`,
			'{"type":"nul\\u0000"}',
			'\u0000',
			'',
			'{"type":{"no":"text"}}',
			'"\\ud800"',
		]) {
			expect((await send('odd', body)).status).toBe(202);
		}
		expect((await send('odd', 'x', { 'content-type': 'text/weird; charset=nope' })).status).toBe(
			202,
		);
		for (const name of ['%00', 'UP', 'a%2fb', `${'x'.repeat(200)}`]) {
			expect((await send(name, '{}')).status).toBe(400);
		}
		expect((await send('no-such', '{}')).status).toBe(404);
	});
});

/** A body in chunks, which says no length: so many of 1 000 bytes. */
async function chunked(endpoint: string, chunks: number): Promise<string> {
	const chunk = `3e8\r\n${'x'.repeat(1000)}\r\n`;
	return await overSocket(
		`POST /hooks/${endpoint} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(chunks)}0\r\n\r\n`,
	);
}

/** Ends in the middle of its body. */
async function cutOff(endpoint: string): Promise<string> {
	return await overSocket(
		`POST /hooks/${endpoint} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`,
		true,
	);
}

async function overSocket(text: string, gone = false): Promise<string> {
	return await new Promise((resolve, reject) => {
		const socket = connect(sidecar.port, '127.0.0.1');
		let answer = '';
		socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
		socket.once('close', () => resolve(answer));
		socket.once('error', reject);
		socket.write(text, () => {
			if (gone) socket.destroy();
		});
	});
}

describe('deliveries to an address', () => {
	it('are signed, carry the bytes, and are tried again until they are taken', async () => {
		await put('shop', { scheme: 'none' });
		const made = await subscribe(
			'shop/signed',
			{ url: receiver.at('/signed'), headers: { 'X-Own': 'mine' } },
			{ events: ['order.*'], filter: 'body.amount >= 10', retry: { baseDelayMs: 10 } },
		);
		expect(made).toMatchObject({
			status: 201,
			body: { secret: expect.stringMatching(/^whsec_/), target: { headers: { 'X-Own': '…' } } },
		});
		receiver.answers('/signed', 500, 302, 200);
		await send('shop', '{"type":"order.made","amount":1}');
		await send('shop', '{"type":"cart.left","amount":99}');
		const text = '{ "type": "order.made", "amount": 10, "text": "é" }';
		const { body: accepted } = await send('shop', text, { 'x-github-event': 'not for you' });
		const calls = await receiver.received('/signed', 3);
		for (const { method, headers, body } of calls) {
			expect(method).toBe('POST');
			expect(body.toString()).toBe(text);
			expect(headers).toMatchObject({
				'content-type': 'application/json',
				'x-own': 'mine',
				'webhook-id': accepted.eventId,
				'x-orchestration-event-type': 'order.made',
				traceparent: expect.stringMatching(/^00-/),
			});
			expect(headers).not.toHaveProperty('x-github-event');
			schemes['standard-webhooks'].verify(
				{ headers, body },
				{
					secrets: [made.body.secret ?? ''],
					now: new Date(),
					toleranceSeconds: 60,
					format: noFormat,
				},
			);
		}
		const [delivery] = await deliveredTo('signed');
		const detail = await get<DeliveryDetail>(`deliveries/${delivery?.id}`);
		expect(detail).toMatchObject({
			state: 'delivered',
			attempts: 3,
			tries: [{ status: 500, answer: 'ok' }, { status: 302 }, { status: 200, error: null }],
		});
		const again = await subscribe('shop/signed', { url: receiver.at('/signed') });
		expect(again).toMatchObject({ status: 200, body: { secret: null } });
	});

	it('keep the order of a key behind one that fails, and go on when it is dead', async () => {
		await put('line', { scheme: 'none', orderingKey: { path: 'key' } });
		await subscribe(
			'line/ordered',
			{ url: receiver.at('/ordered') },
			{ ordered: true, retry: { maxAttempts: 2, baseDelayMs: 300 } },
		);
		const told = (call: ReceivedCall) =>
			JSON.parse(call.body.toString()) as { key: string; nth: number };
		const cameOfB = async () =>
			await until('the one of b', () =>
				receiver.calls('/ordered').find((call) => told(call).key === 'b'),
			);
		// The first of a fails, and does so only after b came, which must not wait for it.
		receiver.answersEach('/ordered', async (call) => {
			const { key, nth } = told(call);
			if (key !== 'a' || nth !== 1) return 200;
			await cameOfB();
			return 500;
		});
		const ids: string[] = [];
		for (const [key, nth] of [
			['a', 1],
			['a', 2],
			['a', 3],
			['b', 1],
		]) {
			ids.push((await send('line', JSON.stringify({ key, nth }))).body.eventId);
		}
		const [a1, a2, a3, b1] = ids;
		const calls = await receiver.received('/ordered', 5);
		const order = calls.map(({ headers }) => headers['webhook-id']);
		// A dead one lets the next go.
		expect(order.filter((id) => id !== b1)).toEqual([a1, a1, a2, a3]);
		await until('the end of all', async () => {
			const { data } = await get<Page<Delivery>>('deliveries?subscription=ordered');
			return data.every(({ state }) => ['dead', 'delivered'].includes(state)) || undefined;
		});
		const { data } = await get<Page<Delivery>>('deliveries?subscription=ordered&state=dead');
		expect(data).toMatchObject([{ eventId: a1, attempts: 2, lastStatus: 500 }]);
	});

	it('that failed for good stay, and are made again by hand: one, or a range', async () => {
		await put('again', { scheme: 'none' });
		const target = { url: receiver.at('/again') };
		await subscribe('again/dying', target, { retry: { maxAttempts: 1 } });
		receiver.answers('/again', 500);
		const from = new Date(Date.now() - 60_000).toISOString();
		const first = (await send('again', '{"type":"a.1"}')).body.eventId;
		await send('again', '{"type":"a.2"}');
		await send('again', '{"type":"b.1"}');
		await receiver.received('/again', 3);
		await deliveredTo('dying', 'dead');
		receiver.answers('/again', 200);
		const ask = async (path: string, body: object) =>
			await sidecar.api<Redelivered & Problem>(`/webhooks/${path}`, { body });
		expect(await ask(`events/${first}/redeliver`, {})).toMatchObject({
			status: 202,
			body: { deliveries: 1 },
		});
		await receiver.received('/again', 4);
		const range = { endpoint: 'again', from, events: ['a.*'] };
		expect((await ask('redeliveries', range)).body).toEqual({ deliveries: 1 });
		const everything = { endpoint: 'again', from, subscription: 'dying' };
		expect((await ask('redeliveries', everything)).body).toEqual({ deliveries: 1 });
		await receiver.received('/again', 6);
		await deliveredTo('dying');
		expect(await ask(`events/${first}/redeliver`, { subscription: 'none' })).toMatchObject({
			status: 404,
			body: { code: 'webhook_subscription_not_found' },
		});
		const unknown = '0198c0de-0000-7000-8000-000000000000';
		expect(await ask(`events/${unknown}/redeliver`, {})).toMatchObject({
			status: 404,
			body: { code: 'webhook_event_not_found' },
		});
	});

	it('wait while the subscription is paused', async () => {
		await put('rest', { scheme: 'none' });
		const target = { url: receiver.at('/paused') };
		await subscribe('rest/paused', target, { paused: true });
		await send('rest', '{}');
		await deliveredTo('paused', 'pending');
		expect(receiver.calls('/paused')).toEqual([]);
		await subscribe('rest/paused', target);
		await receiver.received('/paused', 1);
	});

	it('carry the token of an OAuth2 client', async () => {
		await put('guarded', { scheme: 'none' });
		receiver.says(
			{ 'content-type': 'application/json' },
			JSON.stringify({ access_token: 'granted-1', token_type: 'bearer', expires_in: 60 }),
		);
		const oauth2 = {
			tokenUrl: receiver.at('/token'),
			clientId: 'us',
			clientSecret: 'the-client-secret',
			scopes: ['hooks'],
		};
		const made = await subscribe('guarded/oauth', { url: receiver.at('/guarded'), oauth2 });
		expect(JSON.stringify(made.body)).not.toContain('the-client-secret');
		await send('guarded', '{}');
		const [call] = await receiver.received('/guarded', 1);
		expect(call?.headers['authorization']).toBe('Bearer granted-1');
		expect(receiver.calls('/token')).toHaveLength(1);
		receiver.says({});
	});

	it('go only to addresses that are allowed, which is asked again each time', async () => {
		await put('inside', { scheme: 'none' });
		for (const url of ['http://169.254.169.254/latest', 'http://10.0.0.1/x', 'file:///etc/x']) {
			const answer = await subscribe('inside/private', { url });
			expect([400, 422]).toContain(answer.status);
		}
		await subscribe(
			'inside/private',
			{ url: receiver.at('/private') },
			{ retry: { maxAttempts: 1 } },
		);
		await database.pool.query(
			`update webhook_subscriptions set target = jsonb_set(target, '{url}', '"http://10.0.0.1/x"')
			where name = 'private'`,
		);
		await send('inside', '{}');
		const [delivery] = await deliveredTo('private', 'dead');
		expect(delivery?.lastError).toContain('address_not_allowed');
	});
});

describe('a node token', () => {
	let node: string;

	beforeAll(async () => {
		const body = { engine: 'n8n', apiKey: 'k', stage: 'dev', deadLetters: { follow: false } };
		for (const name of ['one', 'two']) {
			await sidecar.api(`/environments/${name}`, {
				method: 'PUT',
				body: { ...body, baseUrl: receiver.at(`/${name}`) },
			});
		}
		const wanted = { name: 'n', role: 'node', environment: 'one' };
		node = (await sidecar.api<{ token: string }>('/tokens', { body: wanted })).body.token;
	});

	it('subscribes its own webhook to what happens, and gets what concerns its environment', async () => {
		const path = 'orchestration/subscriptions/trigger';
		const url = receiver.at('/one/webhook/told');
		const answer = await put<PutSubscription>(path, { target: { url }, secret }, node);
		expect(answer).toMatchObject({ status: 201, body: { environment: 'one', secret: null } });
		const letter = { origin: 'api', workflowId: 'w', error: { message: 'no' } };
		for (const environment of ['two', 'one']) {
			await sidecar.api('/dead-letters', { body: { ...letter, environment } });
		}
		const [call] = await receiver.received('/one/webhook/told', 1);
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
			(await sidecar.api(`/webhooks/endpoints/${path}`, { method: 'DELETE', token })).status;
		expect([await remove(node), await remove(node)]).toEqual([204, 404]);
		expect(receiver.calls('/one/webhook/told')).toHaveLength(1);
	});

	it('subscribes nothing else', async () => {
		const own = { target: { url: receiver.at('/one/webhook/x') } };
		await subscribe('orchestration/of-two', { url: receiver.at('/two/webhook/x') });
		for (const [path, body] of [
			['orchestration/subscriptions/other', { target: { url: receiver.at('/two/webhook/x') } }],
			['orchestration/subscriptions/other', { target: { url: receiver.at('/elsewhere') } }],
			['orchestration/subscriptions/other', { target: { environment: 'one', path: 'x' } }],
			['orchestration/subscriptions/of-two', own],
			['shop/subscriptions/other', own],
		] as const) {
			expect(await put(path, body, node)).toMatchObject({
				status: 403,
				body: { code: 'forbidden' },
			});
		}
		for (const path of ['/webhooks/events', '/webhooks/deliveries', '/webhooks/endpoints']) {
			expect((await sidecar.api(path, { token: node })).status).toBe(403);
		}
		const listed = await sidecar.api<Page<PutSubscription>>(
			'/webhooks/endpoints/orchestration/subscriptions',
			{ token: node },
		);
		expect(listed.body.data).toEqual([]);
	});
});

it('tells that a circuit opened', async () => {
	await subscribe(
		'orchestration/circuits',
		{ url: receiver.at('/circuits') },
		{ events: ['circuit.*'], filter: 'subject == "told"' },
	);
	const policy = { trip: { by: 'consecutive', failures: 1 } };
	await sidecar.api('/circuits/told', { method: 'PUT', body: policy });
	await sidecar.api('/circuits/told/outcomes', { body: { failures: 1 } });
	const [call] = await receiver.received('/circuits', 1);
	expect(JSON.parse(call?.body.toString() ?? '')).toMatchObject({
		type: 'circuit.opened',
		subject: 'told',
		environment: null,
		data: { from: 'closed', to: 'open' },
	});
});

it('pages events and deliveries, and refuses the cursor of another list', async () => {
	const first = await get<Page<WebhookEvent>>('events?limit=2');
	expect(first.data).toHaveLength(2);
	const second = await get<Page<WebhookEvent>>(`events?limit=2&cursor=${first.nextCursor}`);
	expect(second.data[0]?.id).not.toBe(first.data[1]?.id);
	const page = await get<Page<Delivery>>('deliveries?limit=1');
	const next = await get<Page<Delivery>>(`deliveries?limit=1&cursor=${page.nextCursor}`);
	expect(next.data[0]?.id).not.toBe(page.data[0]?.id);
	for (const path of [
		`events?cursor=${page.nextCursor}`,
		`deliveries?cursor=${first.nextCursor}`,
		'events?from=yesterday',
	]) {
		expect((await sidecar.api(`/webhooks/${path}`)).status).toBe(400);
	}
});

it('counts what came and what waits', async () => {
	const { body } = await sidecar.api<string>('//metrics');
	for (const line of [
		/orchestration_webhook_events_total\{endpoint="in-stripe",outcome="accepted"\} 1\n/,
		/orchestration_webhook_events_total\{endpoint="in-stripe",outcome="duplicate"\} 2\n/,
		/orchestration_webhook_events_total\{endpoint="in-stripe",outcome="refused"\} 2\n/,
		/orchestration_webhook_deliveries\{endpoint="line",state="dead"\} 1\n/,
		/orchestration_webhook_events_unrouted 0\n/,
		/orchestration_webhook_dispatch_lag_seconds_count [1-9]/,
	]) {
		expect(body).toMatch(line);
	}
});
