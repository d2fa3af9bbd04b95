import { createSealing } from '../../sidecar/environments/sealing';
import type { NewExecution } from '../../sidecar/executions/execution';
import { joinsRoutes } from '../../sidecar/http/joins-routes';
import type { Route } from '../../sidecar/http/route';
import { judge } from '../../sidecar/joins/join';
import { type TendPorts, tendJoins } from '../../sidecar/joins/tend-joins';
import { OrchestrationError } from '../../sidecar/kernel/errors';
import { newId } from '../../sidecar/kernel/ids';
import { ticketOf } from '../../sidecar/parking/park';
import { createJoinStore } from '../../sidecar/storage/join-store';
import { addEnvironment } from '../storage/environments';
import { execution, fakeEngine, refusal } from '../support/dead-letters/fake-engine';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let room: HttpRoom;
let routes: Route[];
let node: string;
let ports: TendPorts;
let accept: (children: NewExecution[]) => Promise<void>;
const accepted: NewExecution[] = [];
const woken: string[] = [];
const engine = fakeEngine();

beforeAll(async () => {
	database = await freshDatabase();
	await addEnvironment(database.pool, 'dev');
	const joins = createJoinStore(database.pool);
	const sealing = createSealing([Buffer.alloc(32, 1)]);
	const engineOf = async () => await Promise.resolve(engine);
	ports = {
		joins,
		engineOf,
		onEnded: ({ id }) => woken.push(id),
		cancelExecution: async () => await Promise.resolve(),
	};
	routes = joinsRoutes({
		...ports,
		newId,
		environmentOf: async (name) => {
			const found = await room.stores.environments.find(name);
			if (found) return found;
			throw new OrchestrationError('environment_not_found', `no ${name}`);
		},
		ticketOf: (environment, parent, joinId) =>
			ticketOf({ sealing, newId }, environment, parent, { wake: null, joinId }),
		accept: async (children) => await accept(children),
	});
	room = await openHttpRoom({ routes });
	const body = { engine: 'n8n', baseUrl: 'http://127.0.0.1:5678', apiKey: 'k', stage: 'dev' };
	for (const name of ['dev', 'production']) {
		await room.call(`PUT /api/v1/environments/${name}`, { body });
	}
	node = await room.tokenFor('node', 'dev');
});
afterAll(async () => {
	await room.close();
	await database.drop();
});
beforeEach(() => {
	accepted.length = 0;
	woken.length = 0;
	accept = async (children) => {
		accepted.push(...children);
		await Promise.resolve();
	};
});

let visit = 0;
const request = (given: object = {}) => ({
	workflow: 'child',
	children: [{ items: [{ json: { n: 1 } }] }, { items: [] }],
	parent: { executionId: '4711', resumeToken: 'secret-token', nodeId: 'gate', visit: (visit += 1) },
	...given,
});
const post = async (body: object, token = node) =>
	await room.call('POST /api/v1/joins', { token, body });
const idOf = ({ body }: { body: Record<string, unknown> }) => String(body['id']);

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of routes) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const [answer] = Object.values(responses);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

it('hands the children to the ledger as one group, each by a key of its own', async () => {
	const answer = await post(request({ atOnce: 7, retry: { attempts: 4, on: ['data'] } }));
	expect(answer).toMatchObject({
		status: 202,
		body: {
			environment: 'dev',
			state: 'running',
			policy: { mode: 'all' },
			atOnce: 7,
			children: { total: 2, waiting: 2, running: 0, succeeded: 0 },
		},
	});
	const id = idOf(answer);
	expect(accepted).toMatchObject([
		{
			environment: 'dev',
			workflow: 'child',
			origin: 'join',
			input: { items: [{ json: { n: 1 } }] },
			idempotencyKey: `join/${id}/0`,
			group: { id, atOnce: 7 },
			policy: { attempts: 4, retryOn: ['data'] },
		},
		{ idempotencyKey: `join/${id}/1`, input: { items: [] } },
	]);
	expect(JSON.stringify(answer)).not.toContain('secret-token');
});

it('is finished by the same request when the first was cut off half-way', async () => {
	accept = async () => await Promise.reject(refusal('database_unavailable'));
	const body = request();
	expect((await post(body)).status).toBe(503);
	accept = async (children) => {
		accepted.push(...children);
		await Promise.resolve();
	};
	const again = await post(body);
	expect(again.status).toBe(200);
	expect(accepted.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
		`join/${idOf(again)}/0`,
		`join/${idOf(again)}/1`,
	]);
	expect((await post(body)).status).toBe(200);
	expect(accepted).toHaveLength(2);
});

it.each([
	['no children', { children: [] }],
	['a quorum above the children', { policy: { mode: 'quorum', quorum: 3 } }],
	['a quorum without its number', { policy: { mode: 'quorum' } }],
	['an unknown policy', { policy: { mode: 'some' } }],
	['more at once than allowed', { atOnce: 101 }],
	['items that are none', { children: [{ items: ['x'] }] }],
	['no parent', { parent: undefined }],
	['a deadline of nothing', { deadlineMs: 0 }],
])('refuses %s', async (_, given) => {
	expect(await post(request(given))).toMatchObject({
		status: 400,
		body: { code: 'invalid_request' },
	});
	expect(accepted).toEqual([]);
});

it('keeps to the environment of the token', async () => {
	expect((await post(request({ environment: 'production' }))).status).toBe(403);
	expect((await post(request(), room.admin)).body).toMatchObject({ code: 'invalid_request' });
	const id = idOf(await post(request()));
	const other = await room.tokenFor('node', 'production');
	for (const call of [`GET /api/v1/joins/${id}`, `GET /api/v1/joins/${id}/results`] as const) {
		expect((await room.call(call, { token: other })).status).toBe(403);
		expect((await room.call(call, { token: node })).status).toBe(200);
	}
	expect((await room.call(`POST /api/v1/joins/${id}/cancel`, { token: other })).status).toBe(403);
	expect((await room.call(`GET /api/v1/joins/${newId()}`)).body).toMatchObject({
		code: 'join_not_found',
	});
});

it('shows results in the order of the request, page by page', async () => {
	const children = Array.from({ length: 5 }, () => ({ items: [] }));
	const id = idOf(await post(request({ children, policy: { mode: 'collect' } })));
	for (const index of [4, 0, 2]) {
		await ports.joins.keepItems(id, index, [{ json: { index } }]);
		const end = { state: 'succeeded', executionId: '9', attempts: 1, error: null } as const;
		await ports.joins.settleChild(id, index, end, judge);
	}
	const page = async (query: string) =>
		(await room.call(`GET /api/v1/joins/${id}/results?${query}`)).body;
	const first = await page('limit=3');
	expect(first.data).toMatchObject([
		{ index: 0, state: 'succeeded', items: [{ json: { index: 0 } }] },
		{ index: 1, state: 'waiting', items: [] },
		{ index: 2, state: 'succeeded' },
	]);
	const second = await page(`limit=3&cursor=${String(first.nextCursor)}`);
	expect(second.data.map((row) => row['index'])).toEqual([3, 4]);
	expect(second.nextCursor).toBeNull();
	expect(await page(`cursor=${Buffer.from('x').toString('base64url')}`)).toMatchObject({
		code: 'invalid_request',
	});
});

it('is cancelled once, wakes its parent, and says when it is too late', async () => {
	const id = idOf(await post(request()));
	const cancel = async (one: string) =>
		await room.call(`POST /api/v1/joins/${one}/cancel`, { token: node });
	for (let time = 0; time < 2; time += 1) {
		expect(await cancel(id)).toMatchObject({
			status: 200,
			body: { state: 'cancelled', children: { total: 2, cancelled: 2 } },
		});
	}
	expect(woken).toEqual([id]);
	const over = idOf(await post(request()));
	await ports.joins.end(over, () => ({ state: 'failed', because: 'for a test' }));
	expect(await cancel(over)).toMatchObject({ status: 409, body: { code: 'join_settled' } });
});

it('gives up a join whose parent was missed twice, not once, and not while nobody knows', async () => {
	const id = idOf(await post(request({ parent: { ...request().parent, executionId: '815' } })));
	const look = async () => {
		await database.pool.query(
			`update joins set parent_seen_at = now() - interval '1 hour' where joins.id = $1`,
			[id],
		);
		await tendJoins(ports);
		return (await ports.joins.find(id))?.state;
	};
	engine.has(execution('815', { status: 'waiting' }));
	expect(await look()).toBe('running');
	engine.before = () => {
		throw refusal('engine_unreachable');
	};
	expect([await look(), await look()]).toEqual(['running', 'running']);
	engine.before = () => undefined;
	engine.has(execution('815', { status: 'crashed' }));
	expect(await look()).toBe('running');
	engine.has(execution('815', { status: 'waiting' }));
	expect(await look()).toBe('running');
	engine.has(execution('815', { status: 'canceled' }));
	expect([await look(), await look()]).toEqual(['running', 'cancelled']);
	expect(woken).toEqual([id]);
});
