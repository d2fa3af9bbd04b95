import type { Page, Problem } from '../../sidecar/contract/problem';
import type {
	Delivery,
	DeliveryDetail,
	Redelivered,
	WebhookEvent,
} from '../../sidecar/contract/webhooks';
import { noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../sidecar/webhooks/signatures/schemes';
import { until } from '../support/n8n/until';
import type { ReceivedCall } from '../support/webhooks/receiver';
import { inWebhookRoom } from '../support/webhooks/webhook-room';

jest.setTimeout(60_000);

const room = inWebhookRoom();

describe('deliveries to an address', () => {
	it('are signed, carry the bytes, and are tried again until they are taken', async () => {
		await room.put('shop', { scheme: 'none' });
		const made = await room.subscribe(
			'shop/signed',
			{ url: room.receiver.at('/signed'), headers: { 'X-Own': 'mine' } },
			{ events: ['order.*'], filter: 'body.amount >= 10', retry: { baseDelayMs: 10 } },
		);
		expect(made).toMatchObject({
			status: 201,
			body: { secret: expect.stringMatching(/^whsec_/), target: { headers: { 'X-Own': '…' } } },
		});
		room.receiver.answers('/signed', 500, 302, 200);
		await room.send('shop', '{"type":"order.made","amount":1}');
		await room.send('shop', '{"type":"cart.left","amount":99}');
		const text = '{ "type": "order.made", "amount": 10, "text": "é" }';
		const { body: accepted } = await room.send('shop', text, { 'x-github-event': 'not for you' });
		const calls = await room.receiver.received('/signed', 3);
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
		const [delivery] = await room.deliveredTo('signed');
		const detail = await room.get<DeliveryDetail>(`deliveries/${delivery?.id}`);
		expect(detail).toMatchObject({
			state: 'delivered',
			attempts: 3,
			tries: [{ status: 500, answer: 'ok' }, { status: 302 }, { status: 200, error: null }],
		});
		const again = await room.subscribe('shop/signed', { url: room.receiver.at('/signed') });
		expect(again).toMatchObject({ status: 200, body: { secret: null } });
	});

	it('keep the order of a key behind one that fails, and go on when it is dead', async () => {
		await room.put('line', { scheme: 'none', orderingKey: { path: 'key' } });
		await room.subscribe(
			'line/ordered',
			{ url: room.receiver.at('/ordered') },
			{ ordered: true, retry: { maxAttempts: 2, baseDelayMs: 300 } },
		);
		const told = (call: ReceivedCall) =>
			JSON.parse(call.body.toString()) as { key: string; nth: number };
		const cameOfB = async () =>
			await until('the one of b', () =>
				room.receiver.calls('/ordered').find((call) => told(call).key === 'b'),
			);
		// The first of a fails, and does so only after b came, which must not wait for it.
		room.receiver.answersEach('/ordered', async (call) => {
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
			ids.push((await room.send('line', JSON.stringify({ key, nth }))).body.eventId);
		}
		const [a1, a2, a3, b1] = ids;
		const calls = await room.receiver.received('/ordered', 5);
		const order = calls.map(({ headers }) => headers['webhook-id']);
		// A dead one lets the next go.
		expect(order.filter((id) => id !== b1)).toEqual([a1, a1, a2, a3]);
		await until('the end of all', async () => {
			const { data } = await room.get<Page<Delivery>>('deliveries?subscription=ordered');
			return data.every(({ state }) => ['dead', 'delivered'].includes(state)) || undefined;
		});
		const { data } = await room.get<Page<Delivery>>('deliveries?subscription=ordered&state=dead');
		expect(data).toMatchObject([{ eventId: a1, attempts: 2, lastStatus: 500 }]);
	});

	it('that failed for good stay, and are made again by hand: one, or a range', async () => {
		await room.put('again', { scheme: 'none' });
		const target = { url: room.receiver.at('/again') };
		await room.subscribe('again/dying', target, { retry: { maxAttempts: 1 } });
		room.receiver.answers('/again', 500);
		const from = new Date(Date.now() - 60_000).toISOString();
		const first = (await room.send('again', '{"type":"a.1"}')).body.eventId;
		await room.send('again', '{"type":"a.2"}');
		await room.send('again', '{"type":"b.1"}');
		await room.receiver.received('/again', 3);
		await room.deliveredTo('dying', 'dead');
		room.receiver.answers('/again', 200);
		const ask = async (path: string, body: object) =>
			await room.sidecar.api<Redelivered & Problem>(`/webhooks/${path}`, { body });
		expect(await ask(`events/${first}/redeliver`, {})).toMatchObject({
			status: 202,
			body: { deliveries: 1 },
		});
		await room.receiver.received('/again', 4);
		const range = { endpoint: 'again', from, events: ['a.*'] };
		expect((await ask('redeliveries', range)).body).toEqual({ deliveries: 1 });
		const everything = { endpoint: 'again', from, subscription: 'dying' };
		expect((await ask('redeliveries', everything)).body).toEqual({ deliveries: 1 });
		await room.receiver.received('/again', 6);
		await room.deliveredTo('dying');
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
		await room.put('rest', { scheme: 'none' });
		const target = { url: room.receiver.at('/paused') };
		await room.subscribe('rest/paused', target, { paused: true });
		await room.send('rest', '{}');
		await room.deliveredTo('paused', 'pending');
		expect(room.receiver.calls('/paused')).toEqual([]);
		await room.subscribe('rest/paused', target);
		await room.receiver.received('/paused', 1);
	});

	it('carry the token of an OAuth2 client', async () => {
		await room.put('guarded', { scheme: 'none' });
		room.receiver.says(
			{ 'content-type': 'application/json' },
			JSON.stringify({ access_token: 'granted-1', token_type: 'bearer', expires_in: 60 }),
		);
		const oauth2 = {
			tokenUrl: room.receiver.at('/token'),
			clientId: 'us',
			clientSecret: 'the-client-secret',
			scopes: ['hooks'],
		};
		const made = await room.subscribe('guarded/oauth', {
			url: room.receiver.at('/guarded'),
			oauth2,
		});
		expect(JSON.stringify(made.body)).not.toContain('the-client-secret');
		await room.send('guarded', '{}');
		const [call] = await room.receiver.received('/guarded', 1);
		expect(call?.headers['authorization']).toBe('Bearer granted-1');
		expect(room.receiver.calls('/token')).toHaveLength(1);
		room.receiver.says({});
	});

	it('go only to addresses that are allowed, which is asked again each time', async () => {
		await room.put('inside', { scheme: 'none' });
		for (const url of ['http://169.254.169.254/latest', 'http://10.0.0.1/x', 'file:///etc/x']) {
			const answer = await room.subscribe('inside/private', { url });
			expect([400, 422]).toContain(answer.status);
		}
		await room.subscribe(
			'inside/private',
			{ url: room.receiver.at('/private') },
			{ retry: { maxAttempts: 1 } },
		);
		await room.database.pool.query(
			`update webhook_subscriptions set target = jsonb_set(target, '{url}', '"http://10.0.0.1/x"')
			where name = 'private'`,
		);
		await room.send('inside', '{}');
		const [delivery] = await room.deliveredTo('private', 'dead');
		expect(delivery?.lastError).toContain('address_not_allowed');
	});

	it('wait while what signs them cannot be read, and go once it is put again', async () => {
		await room.put('shut', { scheme: 'none' });
		const target = { url: room.receiver.at('/shut') };
		const retry = { retry: { maxAttempts: 9, baseDelayMs: 100 } };
		await room.subscribe('shut/sealed', target, retry);
		await room.database.pool.query(
			"update webhook_subscriptions set sealed_secrets = '' where name = 'sealed'",
		);
		for (const body of ['1', '2', '3']) await room.send('shut', body);
		const waiting = await until('an attempt in vain', async () => {
			const { data } = await room.get<Page<Delivery>>('deliveries?subscription=sealed');
			const isTried = data.some(({ lastError }) => lastError?.startsWith('secret_unreadable'));
			return isTried && data.length === 3 ? data : undefined;
		});
		expect(waiting.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
		const { rows } = await room.database.pool.query<{ silent: number }>(
			"select silent from webhook_subscriptions where name = 'sealed'",
		);
		expect(rows[0]?.silent).toBeGreaterThan(0);
		expect(await room.subscribe('shut/sealed', target, retry)).toMatchObject({
			status: 500,
			body: {
				code: 'secret_unreadable',
				detail: expect.stringMatching(/shut\/sealed .*again, this time with its secrets/) as string,
			},
		});
		const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
		const put = await room.subscribe('shut/sealed', target, { ...retry, secret });
		expect(put.status).toBe(200);
		expect(await room.deliveredTo('sealed')).toHaveLength(3);
	});
});

it('pages events and deliveries, and refuses the cursor of another list', async () => {
	const first = await room.get<Page<WebhookEvent>>('events?limit=2');
	expect(first.data).toHaveLength(2);
	const second = await room.get<Page<WebhookEvent>>(`events?limit=2&cursor=${first.nextCursor}`);
	expect(second.data[0]?.id).not.toBe(first.data[1]?.id);
	const page = await room.get<Page<Delivery>>('deliveries?limit=1');
	const next = await room.get<Page<Delivery>>(`deliveries?limit=1&cursor=${page.nextCursor}`);
	expect(next.data[0]?.id).not.toBe(page.data[0]?.id);
	for (const path of [
		`events?cursor=${page.nextCursor}`,
		`deliveries?cursor=${first.nextCursor}`,
		'events?from=yesterday',
	]) {
		expect((await room.sidecar.api(`/webhooks/${path}`)).status).toBe(400);
	}
});

it('counts what waits, and how long the way took', async () => {
	const { body } = await room.sidecar.api<string>('//metrics');
	for (const line of [
		/orchestration_webhook_deliveries\{endpoint="line",state="dead"\} 1\n/,
		/orchestration_webhook_events_unrouted 0\n/,
		/orchestration_webhook_dispatch_lag_seconds_count [1-9]/,
	]) {
		expect(body).toMatch(line);
	}
});
