import type { DeadLetter } from '../../sidecar/contract/dead-letters';
import type { Page } from '../../sidecar/contract/problem';
import type {
	Subscription,
	WebhookEvent,
	WebhookEventDetail,
	DeliveryDetail,
} from '../../sidecar/contract/webhooks';
import { freePorts } from '../support/n8n/free-ports';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { expectOk, request } from '../support/n8n/n8n-requests';
import { packPack } from '../support/n8n/pack';
import { until } from '../support/n8n/until';
import {
	callWebhook,
	createWorkflow,
	executionOf,
	publish,
	type StoredExecution,
	waitForExecution,
} from '../support/n8n/workflow-runs';
import { chain, codeNode, node, webhookWorkflow } from '../support/n8n/workflows';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

jest.setTimeout(180_000);

const PACK = 'n8n-nodes-orchestration';
const SUBSCRIPTIONS = '/webhooks/endpoints/orchestration/subscriptions';

let n8n: N8nInstance;
let sidecar: SidecarProcess;
let credentials: Record<string, { id: string; name: string }>;

beforeAll(async () => {
	const [port = 0] = await freePorts(1);
	sidecar = await startSidecar({ port });
	n8n = await startN8n({ packs: [await packPack()] });
	const deadLetters = { autoReplay: false, follow: false };
	await operatorOf(sidecar).register('production', n8n, { deadLetters });
	const { token } = expectOk(
		'make a token',
		await sidecar.api<{ token: string }>('/tokens', {
			body: { name: 'n8n', role: 'node', environment: 'production' },
		}),
	);
	const data = { baseUrl: sidecar.url, token };
	const orchestrationApi = expectOk(
		'make a credential',
		await n8n.api<{ id: string; name: string }>('/credentials', {
			body: { name: 'Sidecar', type: 'orchestrationApi', data },
		}),
	);
	credentials = { orchestrationApi };
}, 900_000);

afterAll(async () => {
	await n8n?.stop();
	await sidecar?.stop();
}, 60_000);

const trigger = (events: string[]) =>
	node(
		'Orchestration Trigger',
		`${PACK}.orchestrationTrigger`,
		1,
		{ source: 'sidecar', events, options: {} },
		{ credentials, webhookId: `hook-${events[0]}` },
	);

const report = async (workflowId: string): Promise<DeadLetter> =>
	expectOk(
		'report a failure',
		await sidecar.api<DeadLetter>('/dead-letters', {
			body: {
				environment: 'production',
				origin: 'api',
				workflowId,
				error: { message: 'on purpose' },
			},
		}),
	);

const subscriptions = async (): Promise<Subscription[]> =>
	expectOk('list subscriptions', await sidecar.api<Page<Subscription>>(SUBSCRIPTIONS)).data;

const firstItem = async ({ id }: StoredExecution, name: string) => {
	const { data } = await executionOf(n8n, id);
	const { runData } = (data as unknown as { resultData: { runData: RunData } }).resultData;
	return runData[name]?.[0]?.data?.main[0]?.[0]?.json;
};
type RunData = Record<
	string,
	Array<{ data?: { main: Array<Array<{ json: Record<string, unknown> }> | null> } }>
>;

async function eventAbout(subject: string): Promise<WebhookEventDetail> {
	const event = await until(`an event about ${subject}`, async () => {
		const { data } = expectOk(
			'list events',
			await sidecar.api<Page<WebhookEvent>>('/webhooks/events?endpoint=orchestration'),
		);
		return data.find((each) => each.subject === subject);
	});
	return await until('its deliveries to be over', async () => {
		const detail = expectOk(
			'show the event',
			await sidecar.api<WebhookEventDetail>(`/webhooks/events/${event.id}`),
		);
		const { deliveries } = detail;
		return deliveries.length > 0 && deliveries.every(({ state }) => state === 'delivered')
			? detail
			: undefined;
	});
}

const deliveryOf = async (id: string): Promise<DeliveryDetail> =>
	expectOk('show a delivery', await sidecar.api<DeliveryDetail>(`/webhooks/deliveries/${id}`));

let workflowId: string;

describe('Orchestration Trigger', () => {
	beforeAll(async () => {
		const body = chain('On letters', [
			trigger(['dead_letter.created']),
			codeNode('Work', 'return $input.all();'),
		]);
		workflowId = (await createWorkflow(n8n, body)).id;
		await publish(n8n, workflowId);
		await until('the subscription', async () => (await subscriptions()).length > 0 || undefined);
	});

	it('subscribes with its own address when published', async () => {
		const [own, ...others] = await subscriptions();

		expect(others).toEqual([]);
		expect(own).toMatchObject({
			name: expect.stringMatching(/^n8n-[0-9a-f]{24}$/) as string,
			events: ['dead_letter.created'],
			environment: 'production',
			enabled: true,
			target: { url: expect.stringContaining(`${n8n.baseUrl}/webhook/`) as string },
		});
	});

	it('starts the workflow with the event, and answers with the id of the execution', async () => {
		const letter = await report('some-workflow');
		const execution = await waitForExecution(n8n, { workflowId, status: 'success' });
		const event = await eventAbout(letter.id);

		expect(await firstItem(execution, 'Work')).toMatchObject({
			eventId: event.id,
			type: 'dead_letter.created',
			subject: letter.id,
			environment: 'production',
			data: { workflowId: 'some-workflow' },
		});
		const delivery = await deliveryOf(event.deliveries[0]?.id ?? '');
		expect(JSON.parse(delivery.tries[0]?.answer ?? '')).toEqual({ executionId: execution.id });
	});

	it('starts nothing for an event that comes again', async () => {
		const letter = await report('twice');
		const event = await eventAbout(letter.id);
		const { tries } = await deliveryOf(event.deliveries[0]?.id ?? '');
		const { executionId } = JSON.parse(tries[0]?.answer ?? '') as { executionId: string };
		const before = await until('its execution to be over', async () => {
			const listed = await executions(workflowId);
			return listed.includes(executionId) ? listed : undefined;
		});
		expectOk(
			'redeliver it',
			await sidecar.api(`/webhooks/events/${event.id}/redeliver`, { body: {} }),
		);
		const again = await until('a second try', async () => {
			const delivery = await deliveryOf(event.deliveries[0]?.id ?? '');
			return delivery.tries.length > 1 && delivery.state === 'delivered' ? delivery : undefined;
		});

		expect(JSON.parse(again.tries.at(-1)?.answer ?? '')).toMatchObject({ duplicate: true });
		expect(await executions(workflowId)).toEqual(before);
	});

	it('refuses what is not signed by the sidecar, and starts nothing', async () => {
		const [own] = await subscriptions();
		const url = own && 'url' in own.target ? own.target.url : '';
		const before = await executions(workflowId);
		const forged = {
			'webhook-id': 'forged',
			'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
			'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
		};
		for (const headers of [{}, forged]) {
			const answer = await request<{ code: string }>(url, {
				method: 'POST',
				body: { type: 'dead_letter.created' },
				headers,
			});
			expect(answer).toMatchObject({ status: 401, body: { code: 'signature_invalid' } });
		}
		expect(await executions(workflowId)).toEqual(before);
	});

	it('changes its subscription when published anew with other events', async () => {
		const changed = chain('On letters', [
			{
				...trigger(['dead_letter.created']),
				parameters: {
					source: 'sidecar',
					events: ['circuit.opened', 'dead_letter.created'],
					options: {},
				},
			},
			codeNode('Work', 'return $input.all();'),
		]);
		expectOk(
			'change it',
			await n8n.api(`/workflows/${workflowId}`, { method: 'PUT', body: changed }),
		);
		await publish(n8n, workflowId);
		await until('the changed subscription', async () => {
			const [own] = await subscriptions();
			return own?.events.includes('circuit.opened') || undefined;
		});
		const letter = await report('after-change');
		const event = await eventAbout(letter.id);

		expect(await subscriptions()).toHaveLength(1);
		expect(event.deliveries).toMatchObject([{ state: 'delivered', attempts: 1 }]);
	});
});

describe('Dead Letter while the sidecar is away', () => {
	interface Waiting {
		startedAt: string;
		waitTill: string;
		data: { resumeToken: string };
	}

	it('lets n8n keep the item through a kill of n8n, and hands it over once', async () => {
		const failing = codeNode('Fail', "throw new Error('on purpose');", {
			onError: 'continueErrorOutput',
		});
		const letter = node(
			'Dead Letter',
			`${PACK}.deadLetter`,
			1,
			{ options: { whenAway: 'keep' } },
			{ credentials },
		);
		const body = webhookWorkflow({ name: 'Kept', path: 'kept', then: [failing, letter] });
		const connections = {
			...body.connections,
			Fail: { main: [[], [{ node: 'Dead Letter', type: 'main' as const, index: 0 }]] },
		};
		const { id } = await createWorkflow(n8n, { ...body, connections });
		await publish(n8n, id);
		await sidecar.kill();
		await callWebhook(n8n, 'kept', { order: 7 });
		const done = await waitForExecution(n8n, { workflowId: id, status: 'success' });
		const kept = await firstItem(done, 'Dead Letter');
		const waiting = await waitForExecution(n8n, { workflowId: id, status: 'waiting' });
		expect(kept).toEqual({ deadLetterId: null, state: 'kept-in-n8n', keptIn: waiting.id });

		await n8n.kill();
		await n8n.restart();
		await sidecar.restart();
		const asked = (await executionOf(n8n, waiting.id)) as unknown as Waiting;
		const { startedAt, waitTill, data } = asked;
		expect(Date.parse(waitTill) - Date.parse(startedAt)).toBeGreaterThanOrEqual(60_000);
		expect(Date.parse(waitTill)).toBeLessThan(Date.parse('2900-01-01'));
		const resume = `${n8n.baseUrl}/webhook-waiting/${waiting.id}?signature=${data.resumeToken}`;
		const letters = async () =>
			expectOk(
				'list letters',
				await sidecar.api<Page<DeadLetter>>(`/dead-letters?workflowId=${id}`),
			).data;
		// Its own time comes after a minute; this only saves waiting for it.
		await until('the letter', async () => {
			await request(resume, { method: 'POST', body: {} });
			return (await letters()).length > 0 || undefined;
		});

		const [found, ...others] = await letters();
		expect(others).toEqual([]);
		expect(found).toMatchObject({
			origin: 'error-output',
			executionId: done.id,
			executionUrl: expect.stringContaining(`/workflow/${id}/executions/${done.id}`) as string,
			error: { node: 'Fail' },
		});
		const { trigger: payload } = expectOk(
			'show the letter',
			await sidecar.api<{ trigger: { items: unknown[] } }>(`/dead-letters/${found?.id}`),
		);
		expect(payload).toMatchObject({ node: 'Webhook', items: [{ json: { body: { order: 7 } } }] });
		await until(
			'n8n to have let go of its copy',
			async () => (await n8n.api(`/executions/${waiting.id}`)).status === 404 || undefined,
		);
	});
});

describe('Orchestration Trigger, once n8n and the sidecar were killed', () => {
	it('still has its one subscription and its secret', async () => {
		const letter = await report('after-restart');

		expect((await eventAbout(letter.id)).deliveries).toMatchObject([{ state: 'delivered' }]);
		expect(await subscriptions()).toHaveLength(1);
	});

	it('is gone from the sidecar once its workflow is unpublished', async () => {
		expectOk('unpublish', await n8n.api(`/workflows/${workflowId}/deactivate`, { body: {} }));
		await until('no subscription', async () => (await subscriptions()).length === 0 || undefined);
	});
});

async function executions(ofWorkflow: string): Promise<string[]> {
	const { data } = expectOk(
		'list executions',
		await n8n.api<{ data: StoredExecution[] }>(`/executions?workflowId=${ofWorkflow}`),
	);
	return data.map(({ id }) => id);
}
