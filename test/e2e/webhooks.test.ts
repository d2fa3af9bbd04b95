import type { Page } from '../../sidecar/contract/problem';
import type { Execution } from '../../sidecar/contract/executions';
import type { AcceptedEvent, Delivery } from '../../sidecar/contract/webhooks';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { request } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import { subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { goLive } from '../support/dead-letters/stage';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { startReceiver, type Receiver } from '../support/webhooks/receiver';
import { callTo } from '../support/dead-letters/stage';

jest.setTimeout(300_000);

let n8n: N8nInstance;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let receiver: Receiver;

/** An n8n of its own: it is killed. */
beforeAll(async () => {
	database = await freshDatabase();
	receiver = await startReceiver();
	n8n = await startN8n();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	await operatorOf(sidecar).register('production', n8n, { deadLetters: { autoReplay: false } });
});
afterAll(async () => {
	receiver.stop();
	await sidecar?.stop();
	await n8n?.stop();
	await database?.drop();
});

const put = async (path: string, body: object) => {
	const answer = await sidecar.api(`/webhooks/endpoints/${path}`, { method: 'PUT', body });
	expect([200, 201]).toContain(answer.status);
};
const send = async (endpoint: string, body: object, headers: Record<string, string> = {}) => {
	const answer = await request<AcceptedEvent>(`${sidecar.url}/hooks/${endpoint}`, {
		body,
		headers,
	});
	expect(answer.status).toBe(202);
	return answer.body.eventId;
};
const deliveries = async (query: string) =>
	(await sidecar.api<Page<Delivery>>(`/webhooks/deliveries?limit=200&${query}`)).body.data;
const allDelivered = async (query: string, count: number) =>
	await until(
		`${count} deliveries`,
		async () => {
			const found = await deliveries(query);
			const done = found.filter(({ state }) => state === 'delivered');
			return done.length === count ? found : undefined;
		},
		{ deadlineMs: 90_000, explain: () => sidecar.log().slice(-3000) },
	);

/** A published workflow that calls the receiver with what its webhook got. */
async function telling(path: string): Promise<string> {
	const call = callTo(receiver.at(`/${path}`));
	call.parameters = {
		...call.parameters,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
	};
	return await goLive(n8n, webhookWorkflow({ name: `Webhooks ${path}`, path, then: [call] }));
}
const told = (path: string) =>
	receiver.calls(`/${path}`).map(
		({ body }) =>
			JSON.parse(body.toString()) as {
				headers: Record<string, string>;
				query: Record<string, string>;
				body: { nth: number };
			},
	);

it('starts a workflow by the path of its webhook and by its id, with what the sender sent', async () => {
	const workflowId = await telling('hooked');
	await put('direct', { scheme: 'none', eventType: { header: 'X-Type' } });
	await put('direct/subscriptions/by-path', {
		target: { environment: 'production', path: 'hooked' },
	});
	await put('direct/subscriptions/by-id', { target: { environment: 'production', workflowId } });
	const eventId = await send('direct?from=here', { nth: 1 }, { 'x-type': 'order.made' });
	await receiver.received('/hooked', 2);
	for (const { headers, query, body } of told('hooked')) {
		expect(body).toEqual({ nth: 1 });
		expect(query).toEqual({ from: 'here' });
		expect(headers).toMatchObject({
			'x-type': 'order.made',
			'webhook-id': eventId,
			'x-orchestration-event-type': 'order.made',
		});
	}
});

it('runs a workflow that has no webhook through the ledger, once', async () => {
	const workflowId = await goLive(n8n, subWorkflow('Webhooks unhooked'));
	await put('unhooked', { scheme: 'none' });
	await put('unhooked/subscriptions/by-id', {
		target: { environment: 'production', workflowId },
	});
	await send('unhooked', { nth: 3 });
	await allDelivered('subscription=by-id&endpoint=unhooked', 1);
	const ran = await until('its run', async () => {
		const { body } = await sidecar.api<Page<Execution>>(
			`/executions?origin=webhook&workflowId=${workflowId}`,
		);
		return body.data.some(({ status }) => status === 'succeeded') ? body.data : undefined;
	});
	expect(ran).toMatchObject([{ origin: 'webhook', attempts: 1 }]);
});

it('takes everything in while n8n is down and is killed itself, and delivers each once', async () => {
	await telling('outage');
	await put('outage', { scheme: 'none', orderingKey: { path: 'key' } });
	await put('outage/subscriptions/outage', {
		target: { environment: 'production', path: 'outage' },
		ordered: true,
		retry: { baseDelayMs: 100, maxDelayMs: 1_000, maxAttempts: 100 },
	});
	await n8n.kill();
	const sent: string[] = [];
	for (let nth = 1; nth <= 10; nth += 1) sent.push(await send('outage', { nth, key: 'one' }));
	await until('an attempt in vain', async () => {
		const found = await deliveries('subscription=outage');
		return found.some(({ attempts }) => attempts > 0) || undefined;
	});
	// Accepted a moment ago: nothing of it but the row is there.
	sent.push(await send('outage', { nth: 11, key: 'one' }));
	await sidecar.kill();
	await n8n.restart();
	await sidecar.restart();
	const found = await allDelivered('subscription=outage', 11);
	expect(found.map(({ eventId }) => eventId).toReversed()).toEqual(sent);
	await receiver.received('/outage', 11);
	expect(told('outage').map(({ body }) => body.nth)).toEqual(
		Array.from({ length: 11 }, (_, at) => at + 1),
	);
});

it('keeps a dead letter of what a workflow never took, and closes it when it did after all', async () => {
	await put('lost', { scheme: 'none' });
	await put('lost/subscriptions/lost', {
		target: { environment: 'production', path: 'nobody-is-there' },
		retry: { maxAttempts: 2, baseDelayMs: 10 },
	});
	const eventId = await send('lost', { nth: 7 });
	const operator = operatorOf(sidecar);
	const letter = await operator.letterWhere('workflowId=webhook:nobody-is-there');
	expect(await operator.letter(letter.id)).toMatchObject({
		state: 'waiting',
		error: { name: 'WebhookDeliveryError', httpStatus: 404 },
		note: expect.stringContaining(`/api/v1/webhooks/events/${eventId}/redeliver`),
		failedInput: [{ json: { body: { nth: 7 } } }],
	});
	const [dead] = await until('it to be dead', async () => {
		const found = await deliveries('subscription=lost&state=dead');
		return found.length > 0 ? found : undefined;
	});
	expect(dead).toMatchObject({ attempts: 2, letterId: letter.id });
	await telling('nobody-is-there');
	await sidecar.api(`/webhooks/events/${eventId}/redeliver`, { body: {} });
	await receiver.received('/nobody-is-there', 1);
	await allDelivered('subscription=lost', 1);
	await operator.letterWhere(`workflowId=webhook:nobody-is-there&state=discarded`);
});
