import { randomBytes } from 'node:crypto';
import { evaluateRules } from '../../sidecar/alerts/evaluate-rules';
import { resealChannels } from '../../sidecar/alerts/reseal-channels';
import { sendNotices } from '../../sidecar/alerts/send-notices';
import { putChannel } from '../../sidecar/alerts/use-alerts';
import { alertPorts } from '../../sidecar/compose/alerts';
import { createAddressRules } from '../../sidecar/environments/address-rules';
import { createSealing } from '../../sidecar/environments/sealing';
import { alertsRoutes } from '../../sidecar/http/alerts-routes';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { noFormat } from '../../sidecar/webhooks/signatures/scheme';
import { standardWebhooks } from '../../sidecar/webhooks/signatures/standard-webhooks';
import type { SystemEvent } from '../../sidecar/webhooks/system-event';
import { createLog } from '../../sidecar/monitoring/log';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';
import { type MailRoom, openMailRoom } from '../support/mail-room';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { type Receiver, startReceiver } from '../support/webhooks/receiver';

let database: FreshDatabase;
let ports: ReturnType<typeof alertPorts>;
let room: HttpRoom;
let viewer: string;
let receiver: Receiver;
let mail: MailRoom;
const events: SystemEvent[] = [];
const logged: string[] = [];
let broken: Array<{ work: string; missing: number; named: string[] }> = [];

beforeAll(async () => {
	database = await freshDatabase();
	receiver = await startReceiver();
	mail = await openMailRoom();
	ports = alertPorts({
		pool: database.pool,
		clock: systemClock,
		newId,
		random: () => 0,
		sealing: createSealing([randomBytes(32)]),
		addressRules: createAddressRules(['127.0.0.1']),
		emit: async (event) => {
			events.push(event);
			return await Promise.resolve();
		},
		log: createLog({ stream: { write: (line) => logged.push(line) } }),
		engineOf: async () => await Promise.reject(new Error('no engine is asked here')),
		environments: async () => await Promise.resolve([]),
		drift: async () => await Promise.resolve([]),
		brokenLaws: async () => await Promise.resolve(broken),
	});
	room = await openHttpRoom({ routes: alertsRoutes(ports) });
	viewer = await room.tokenFor('viewer');
});
afterAll(async () => {
	await room.close();
	receiver.stop();
	await mail.close();
	await database.drop();
});

const channel = async (name: string, body: object) =>
	await room.call(`PUT /api/v1/alerts/channels/${name}`, { body });
const rule = async (name: string, body: object) =>
	await room.call(`PUT /api/v1/alerts/rules/${name}`, { body });
const round = async () => {
	await evaluateRules(ports);
	await sendNotices(ports);
};

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of alertsRoutes(ports)) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const [answer] = Object.values(responses);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

it('tells every channel once that accepted work is missing, and once that it was found', async () => {
	const made = await channel('hook', { kind: 'webhook', url: receiver.at('/hook') });
	await channel('chat', { kind: 'slack', url: receiver.at('/services/T0/secret') });
	await channel('post', {
		kind: 'email',
		smtpUrl: mail.url,
		from: 'sidecar@example.com',
		to: ['ops@example.com'],
	});
	const secret = String(made.body['secret']);
	const condition = { kind: 'law-broken' };
	const channels = ['hook', 'chat', 'post'];
	expect((await rule('law', { condition, severity: 'critical', channels })).status).toBe(201);

	broken = [{ work: 'executions', missing: 2, named: ['0198c0de'] }];
	await round();
	await round();
	broken = [];
	await round();

	const hooks = receiver.calls('/hook');
	const kinds = hooks.map(({ body, headers }) => {
		const verification = { secrets: [secret], now: new Date(), toleranceSeconds: 300 };
		standardWebhooks.verify({ headers, body }, { ...verification, format: noFormat });
		return JSON.parse(body.toString()) as { type: string; data: { summary: string } };
	});
	expect(kinds.map(({ type }) => type)).toEqual(['alert.raised', 'alert.resolved']);
	const summary =
		'2 of the accepted executions are neither done, dead-lettered, discarded nor in flight: 0198c0de.';
	expect(kinds[0]?.data).toMatchObject({ rule: 'law', cause: 'executions', summary });

	const chats = receiver.calls('/services/T0/secret');
	expect(chats.map(({ body }) => body.toString())).toEqual([
		expect.stringContaining('*Alert: law (critical)*'),
		expect.stringContaining('*Resolved: law (critical)*'),
	]);
	expect(mail.messages).toHaveLength(2);
	expect(mail.messages[0]).toContain('Subject: Alert: law (critical)');
	expect(mail.messages[0]?.replaceAll('=\r\n', '')).toContain(summary);
	expect(events.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
		'alert.raised law',
		'alert.resolved law',
	]);

	const { body } = await room.call('GET /api/v1/alerts?rule=law', { token: viewer });
	expect(body.data).toHaveLength(1);
	expect(body.data[0]).toMatchObject({ state: 'resolved', cause: 'executions' });
	expect(body.data[0]?.['notices']).toHaveLength(6);
});

it('tries a receiver that refuses again, and says why it failed', async () => {
	receiver.answers('/sick', 503, 200);
	await channel('sick', { kind: 'webhook', url: receiver.at('/sick') });
	await rule('sick', { condition: { kind: 'law-broken' }, channels: ['sick'] });
	broken = [{ work: 'letters', missing: 1, named: [] }];
	await round();
	const { body } = await room.call('GET /api/v1/alerts?rule=sick');
	expect(body.data[0]).toMatchObject({
		state: 'firing',
		notices: [{ state: 'waiting', attempts: 1, trouble: expect.stringContaining('503') as string }],
	});

	await database.pool.query('update alert_notices set next_attempt_at = clock_timestamp()');
	await round();
	const again = await room.call('GET /api/v1/alerts?rule=sick');
	expect(again.body.data[0]).toMatchObject({ notices: [{ state: 'sent', attempts: 2 }] });
	broken = [];
	await round();
});

it('goes on with the other rules when one cannot be looked at', async () => {
	await rule('a-broken', { condition: { kind: 'circuit-open' }, channels: [] });
	await rule('b-fine', { condition: { kind: 'law-broken' }, channels: [] });
	broken = [{ work: 'events', missing: 1, named: [] }];
	const down = new Error('not now');
	const failing = {
		...ports,
		signals: { ...ports.signals, openCircuits: () => Promise.reject(down) },
	};
	await evaluateRules(failing);
	const { body } = await room.call('GET /api/v1/alerts?rule=b-fine&state=firing');
	expect(body.data).toHaveLength(1);
	expect(logged.join('')).toContain('a-broken');
	broken = [];
});

it('never shows what is secret in a channel, and keeps it sealed', async () => {
	const secret = 'a-secret-of-16-or-more';
	await channel('kept', { kind: 'webhook', url: receiver.at('/?k=hunter2'), secret });
	const shown = await room.call('GET /api/v1/alerts/channels/kept', { token: viewer });
	expect(shown.body).toMatchObject({ kind: 'webhook', to: new URL(receiver.at('/')).host });
	const { rows } = await database.pool.query('select * from alert_channels');
	const text = JSON.stringify([shown.body, rows]);
	expect(text).not.toContain(secret);
	expect(text).not.toContain('hunter2');
});

it('puts channels under the new key, and names the one that no key opens', async () => {
	const [former, latest] = [randomBytes(32), randomBytes(32)];
	const keep = async (name: string, keys: Buffer[]) => {
		const target = { kind: 'slack', url: receiver.at('/') } as const;
		await putChannel({ ...ports, sealing: createSealing(keys) }, name, target);
	};
	await keep('rotated', [former]);
	await keep('strange', [randomBytes(32)]);
	const shut = await resealChannels(ports.alerts, createSealing([latest, former]));
	expect(shut).toContain('alerts/channels/strange');
	expect(shut).not.toContain('alerts/channels/rotated');
	const box = (await ports.alerts.findChannel('rotated'))?.sealedTarget ?? '';
	expect(createSealing([latest]).open(box, 'alerts/channels/rotated')).toContain('slack');
});

it('refuses what cannot work, and says what was expected', async () => {
	const refused = async (answer: Promise<{ status: number; body: Record<string, unknown> }>) => {
		const { status, body } = await answer;
		return `${status} ${String(body['code'])}`;
	};
	expect(await refused(channel('far', { kind: 'slack', url: 'http://10.0.0.1/' }))).toBe(
		'422 address_not_allowed',
	);
	const smtp = { kind: 'email', smtpUrl: 'http://x', from: 'a@b.c', to: ['a@b.c\nBcc: d@e.f'] };
	expect(await refused(channel('post', smtp))).toBe('400 invalid_request');
	const unknown = { condition: { kind: 'drift' }, channels: ['nobody'] };
	expect(await refused(rule('lost', unknown))).toBe('404 alert_channel_not_found');
	const vague = { condition: { kind: 'no-run-since', ms: 1_000 }, channels: [] };
	expect(await refused(rule('vague', vague))).toBe('400 invalid_request');
	const zone = { from: '22:00', to: '06:00', timeZone: 'Mars/Olympus' };
	const quiet = { condition: { kind: 'drift' }, channels: [], quietHours: zone };
	expect(await refused(rule('zone', quiet))).toBe('400 invalid_request');
	await rule('uses', { condition: { kind: 'drift' }, channels: ['hook'] });
	expect(await refused(room.call('DELETE /api/v1/alerts/channels/hook'))).toBe(
		'409 alert_channel_in_use',
	);
	expect(await refused(room.call('DELETE /api/v1/alerts/rules/nothing'))).toBe(
		'404 alert_rule_not_found',
	);
	const forViewer = { token: viewer, body: { condition: { kind: 'drift' }, channels: [] } };
	expect((await room.call('PUT /api/v1/alerts/rules/x', forViewer)).status).toBe(403);
});
