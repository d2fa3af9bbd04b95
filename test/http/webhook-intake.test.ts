import { connect } from 'node:net';
import type { Page } from '../../sidecar/contract/problem';
import type { WebhookEvent, WebhookEventDetail } from '../../sidecar/contract/webhooks';
import { noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { schemes } from '../../sidecar/webhooks/signatures/schemes';
import { inWebhookRoom, secret, signed } from '../support/webhooks/webhook-room';

jest.setTimeout(60_000);

const room = inWebhookRoom();

describe('intake', () => {
	it.each(['standard-webhooks', 'stripe', 'github', 'slack', 'shopify', 'hmac'] as const)(
		'of %s takes a request in once, however often it comes, and refuses what is not signed',
		async (scheme) => {
			await room.put(`in-${scheme}`, { scheme, secrets: [secret] });
			const body = JSON.stringify({ id: 'evt_1', event_id: 'evt_1', type: 'order.made' });
			const headers = signed(scheme, body);
			const first = await room.send(`in-${scheme}`, body, headers);
			expect(first).toMatchObject({ status: 202, body: { eventId: expect.any(String) } });
			const replayed = await Promise.all([
				room.send(`in-${scheme}`, body, headers),
				room.send(`in-${scheme}`, body, signed(scheme, body)),
			]);
			for (const again of replayed) {
				expect(again).toMatchObject({ status: 202, body: first.body });
			}
			for (const [other, kept] of [
				[`${body} `, headers],
				[body, {}],
			] as const) {
				expect(await room.send(`in-${scheme}`, other, kept)).toMatchObject({
					status: 403,
					body: { code: 'webhook_signature_invalid' },
				});
			}
			const { data } = await room.get<Page<WebhookEvent>>(`events?endpoint=in-${scheme}`);
			expect(data).toHaveLength(1);
		},
	);

	it('refuses an old request', async () => {
		await room.put('aged', { scheme: 'stripe', secrets: [secret], toleranceSeconds: 10 });
		const headers = signed('stripe', '{}', 'evt_1', new Date(Date.now() - 60_000));
		expect(await room.send('aged', '{}', headers)).toMatchObject({
			status: 403,
			body: { code: 'webhook_signature_invalid' },
		});
	});

	it('takes what was signed with the former or the new secret while it is changed', async () => {
		await room.put('rotating', { scheme: 'github', secrets: ['former', secret] });
		const headers = (key: string, body: string) =>
			schemes.github.sign({ id: body, at: new Date(), body: Buffer.from(body) }, key, noFormat);
		expect((await room.send('rotating', '1', headers('former', '1'))).status).toBe(202);
		expect((await room.send('rotating', '2', headers(secret, '2'))).status).toBe(202);
		await room.put('rotating', { scheme: 'github', secrets: [secret] });
		expect((await room.send('rotating', '3', headers('former', '3'))).status).toBe(403);
	});

	it('answers the question of Slack, when it is signed, and keeps no event of it', async () => {
		await room.put('slack', { scheme: 'slack', secrets: [secret] });
		const body = JSON.stringify({ type: 'url_verification', challenge: 'c-1', token: 'x' });
		expect(await room.send('slack', body, signed('slack', body))).toMatchObject({
			status: 200,
			body: { challenge: 'c-1' },
		});
		expect((await room.send('slack', body)).status).toBe(403);
		expect((await room.get<Page<WebhookEvent>>('events?endpoint=slack')).data).toEqual([]);
	});

	it('keeps the bytes, and not what lets the sender in elsewhere', async () => {
		await room.put('bytes', { scheme: 'none', orderingKey: { header: 'X-Key' } });
		const bytes = Buffer.from([0xff, 0x00, 0x7b, 0xfe]);
		const headers = { authorization: 'Bearer theirs', cookie: 'a=b', 'x-key': 'k1', 'x-own': 'v' };
		const { body } = await room.send('bytes?a=1&b=%20', bytes, headers);
		const event = await room.get<WebhookEventDetail>(`events/${body.eventId}`);
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
		await room.put('methods', { scheme: 'none', methods: ['PUT', 'GET'] });
		expect((await room.send('methods', '{}', {}, 'PUT')).status).toBe(202);
		expect((await room.send('methods?button=1', '', {}, 'GET')).status).toBe(202);
		const refused = await room.send('methods', '{}');
		expect(refused).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
		expect(refused.headers.get('allow')).toBe('PUT, GET');
	});

	it('refuses what is too large, cut off or packed, and takes odd bodies as they are', async () => {
		await room.put('odd', { scheme: 'none', maxBytes: 300_000 });
		expect(await room.send('odd', 'x'.repeat(300_001))).toMatchObject({
			status: 413,
			body: { code: 'body_too_large', limitBytes: 300_000 },
		});
		expect(await chunked('odd', 301)).toContain(' 413 ');
		expect(await cutOff('odd')).toBe('');
		expect(await room.send('odd', '{}', { 'content-encoding': 'gzip' })).toMatchObject({
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
			expect((await room.send('odd', body)).status).toBe(202);
		}
		expect(
			(await room.send('odd', 'x', { 'content-type': 'text/weird; charset=nope' })).status,
		).toBe(202);
		for (const name of ['%00', 'UP', 'a%2fb', `${'x'.repeat(200)}`]) {
			expect((await room.send(name, '{}')).status).toBe(400);
		}
		expect((await room.send('no-such', '{}')).status).toBe(404);
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
		const socket = connect(room.sidecar.port, '127.0.0.1');
		let answer = '';
		socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
		socket.once('close', () => resolve(answer));
		socket.once('error', reject);
		socket.write(text, () => {
			if (gone) socket.destroy();
		});
	});
}

it('counts what came', async () => {
	const { body } = await room.sidecar.api<string>('//metrics');
	for (const line of [
		/orchestration_webhook_events_total\{endpoint="in-stripe",outcome="accepted"\} 1\n/,
		/orchestration_webhook_events_total\{endpoint="in-stripe",outcome="duplicate"\} 2\n/,
		/orchestration_webhook_events_total\{endpoint="in-stripe",outcome="refused"\} 2\n/,
	]) {
		expect(body).toMatch(line);
	}
});
