import { createAcceptOne } from '../../sidecar/executions/accept-one';
import { createRedaction } from '../../sidecar/executions/redaction';
import { createSettlements } from '../../sidecar/executions/settlements';
import { executionsRoutes } from '../../sidecar/http/executions-routes';
import type { Route } from '../../sidecar/http/route';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { newTraceparent } from '../../sidecar/kernel/traceparent';
import { createBindingStore } from '../../sidecar/storage/binding-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createExecutionStore } from '../../sidecar/storage/execution-store';
import type { ExecutionStore } from '../../sidecar/executions/execution-store';
import { environmentNamed } from '../support/dead-letters/letters';
import { fakeEngine, refusal } from '../support/dead-letters/fake-engine';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let room: HttpRoom;
let executions: ExecutionStore;
let routes: Route[];
let told: string[];

beforeAll(async () => {
	database = await freshDatabase();
	executions = createExecutionStore(database.pool);
	const environments = createEnvironmentStore(database.pool);
	for (const name of ['dev', 'production']) await environments.put(environmentNamed(name));
	await createBindingStore(database.pool).keyFor('dev', 'orders', 'order-intake');
	told = [];
	const settlements = createSettlements({
		executions,
		hooks: [
			{
				concerns: ({ tenant }) => tenant === 'curious',
				tell: async ({ id }) => {
					told.push(id);
					if (told.length === 1) throw new Error('not now');
				},
			},
		],
		clock: systemClock,
		onTrouble: () => undefined,
	});
	const ports = {
		executions,
		settlements,
		clock: systemClock,
		newId,
		environmentOf: async (name: string) => {
			const found = await environments.find(name);
			if (found) return found;
			throw refusal('environment_not_found');
		},
		codeNameOf: async () => null,
		assertInput: () => undefined,
		redaction: createRedaction(['password']),
		seal: (text: string) => Buffer.from(text).toString('base64'),
		inputOf: ({ sealedInput }: { sealedInput: string | null }) =>
			sealedInput === null
				? { payload: {} }
				: (JSON.parse(Buffer.from(sealedInput, 'base64').toString()) as { payload: unknown }),
		onQueued: () => undefined,
		engineOf: async () => fakeEngine(),
		settled: settlements.settled,
	};
	routes = executionsRoutes({
		...ports,
		acceptOne: createAcceptOne(ports),
		reaches: async () => null,
	});
	room = await openHttpRoom({ routes });
	await room.stores.environments.put(environmentNamed('production'));
});

afterAll(async () => {
	await room?.close();
	await database?.drop();
});

const post = async (body: object, token?: string) =>
	await room.call('POST /api/v1/executions', { body, ...(token ? { token } : {}) });
const work = { environment: 'dev', workflow: 'order-intake', payload: { password: 'x', n: 1 } };
const to = async (id: unknown, verb: string) =>
	await room.call(`POST /api/v1/executions/${String(id)}/${verb}`, { body: {} });

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of routes) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const [answer] = Object.values(responses);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

it('writes down what it accepts, by the key of the workflow, and hides what the rules name', async () => {
	const accepted = await post({ ...work, tenant: 'acme', priority: 3, policy: { attempts: 2 } });
	expect(accepted).toMatchObject({
		status: 202,
		body: { status: 'queued', workflowId: 'orders', tenant: 'acme', priority: 3 },
	});
	const { body } = await room.call(`GET /api/v1/executions/${String(accepted.body['id'])}`);
	expect(body).toMatchObject({
		payload: { password: '[redacted]', n: 1 },
		policy: { attempts: 2, maxDelayMs: 60_000 },
		history: [],
	});
});

it.each([
	['both payload and items', { ...work, items: [{ json: {} }] }],
	['a field that is not there', { ...work, retries: 3 }],
	['a wait of more than a minute', { ...work, wait: 61 }],
	['no attempt at all', { ...work, policy: { attempts: 0 } }],
	['a version that is no id', { ...work, version: 'live' }],
])('refuses %s', async (_, body) => {
	expect(await post(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

it('knows who may run and who may look', async () => {
	const viewer = await room.tokenFor('viewer');
	const elsewhere = await room.tokenFor('node', 'production');
	const id = (await post(work)).body['id'];
	expect(await post(work, viewer)).toMatchObject({ status: 403 });
	expect(await post(work, elsewhere)).toMatchObject({ status: 403 });
	const get = async (token: string) =>
		await room.call(`GET /api/v1/executions/${String(id)}`, { token });
	expect(await get(viewer)).toMatchObject({ status: 200 });
	expect(await get(elsewhere)).toMatchObject({ status: 403 });
	const listed = await room.call('GET /api/v1/executions', { token: elsewhere });
	expect(listed.body.data).toEqual([]);
	expect(await post({ ...work, environment: 'nowhere' })).toMatchObject({
		status: 404,
		body: { code: 'environment_not_found' },
	});
});

it('answers all that come at once, each with its own, in few transactions', async () => {
	const answers = await Promise.all(
		Array.from({ length: 40 }, async (_, n) => await post({ ...work, payload: { n } })),
	);
	expect(answers.every(({ status }) => status === 202)).toBe(true);
	expect(answers.map(({ body }) => (body['payload'] as { n: number }).n)).toEqual(
		answers.map((_, n) => n),
	);
	const bad = { ...work, environment: 'nowhere' };
	const mixed = await Promise.all([post(work), post(bad), post(work), post(bad), post(work)]);
	expect(mixed.map(({ status }) => status)).toEqual([202, 404, 202, 404, 202]);
});

it('cancels once, retries what is canceled, and that once', async () => {
	const { id } = (await post(work)).body;
	expect(await to(id, 'retry')).toMatchObject({
		status: 409,
		body: { code: 'execution_not_retryable' },
	});
	expect(await to(id, 'cancel')).toMatchObject({ status: 202, body: { outcome: 'canceled' } });
	expect(await to(id, 'cancel')).toMatchObject({ status: 409, body: { code: 'execution_closed' } });
	const [again, twice] = await Promise.all([to(id, 'retry'), to(id, 'retry')]);
	expect(again).toMatchObject({ status: 202, body: { origin: 'retry', retryOf: id } });
	expect(twice.body['id']).toBe(again.body['id']);
	expect(await to(newId(), 'cancel')).toMatchObject({
		status: 404,
		body: { code: 'execution_not_found' },
	});
});

const settle = async (id: unknown) => {
	const claims = await executions.claim({
		owner: 'me',
		ttlMs: 60_000,
		slots: new Map(),
		otherwise: 1_000,
		newTraceparent,
	});
	const claim = claims.find(({ execution }) => execution.id === id);
	if (!claim) throw new Error('it was not claimed');
	const result = { value: { done: true }, truncated: false };
	await executions.step(claim, { to: 'succeeded', result }, {}, new Date());
};

it('gives the result to who waits for it, also when another process has settled it', async () => {
	const key = 'waited-for';
	const waiting = post({ ...work, idempotencyKey: key, wait: 30 });
	const { id } = (await post({ ...work, idempotencyKey: key })).body;
	await settle(id);
	expect(await waiting).toMatchObject({
		status: 200,
		body: { id, status: 'succeeded', result: { done: true } },
	});
	expect(await post({ ...work, idempotencyKey: key, wait: 0.01 })).toMatchObject({ status: 200 });
});

it('tells a hook again that could not take it', async () => {
	const { id } = (await post({ ...work, tenant: 'curious' })).body;
	await to(id, 'cancel');
	expect(told).toEqual([id]);
	const settlements = createSettlements({
		executions,
		hooks: [{ concerns: () => true, tell: async ({ id: one }) => void told.push(one) }],
		clock: systemClock,
		onTrouble: () => undefined,
	});
	await settlements.tellAgain(new Date(Date.now() + 1_000));
	expect(told.filter((one) => one === id)).toHaveLength(2);
	const before = told.length;
	await settlements.tellAgain(new Date(Date.now() + 1_000));
	expect(told).toHaveLength(before);
});

it('lists by filter, page by page', async () => {
	const first = await room.call('GET /api/v1/executions?limit=3&environment=dev&origin=api');
	expect(first.body.data).toHaveLength(3);
	const cursor = String(first.body['nextCursor']);
	const second = await room.call(
		`GET /api/v1/executions?limit=3&environment=dev&origin=api&cursor=${cursor}`,
	);
	const seen = [...first.body.data, ...second.body.data].map(({ id }) => id);
	expect(new Set(seen).size).toBe(6);
	const from = new Date(Date.now() + 60_000).toISOString();
	expect((await room.call(`GET /api/v1/executions?from=${from}`)).body.data).toEqual([]);
	const wrong = await room.call('GET /api/v1/executions?status=done');
	expect(wrong).toMatchObject({ status: 400 });
});
