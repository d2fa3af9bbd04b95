import { parkedRoutes } from '../../sidecar/http/parked-routes';
import { retryBudgetsRoutes } from '../../sidecar/http/retry-budgets-routes';
import type { Route } from '../../sidecar/http/route';
import { findEnvironment } from '../../sidecar/environments/find-environment';
import { createSealing } from '../../sidecar/environments/sealing';
import { newId } from '../../sidecar/kernel/ids';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { ownTime } from '../../sidecar/storage/fleet-time';
import { createParkedStore } from '../../sidecar/storage/parked-store';
import { createRetryBudgetStore } from '../../sidecar/storage/retry-budget-store';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';
import { movingClock } from '../support/moving-clock';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let room: HttpRoom;
let routes: Route[];
let node: string;
let viewer: string;
const looked: string[] = [];
const clock = movingClock();

beforeAll(async () => {
	database = await freshDatabase();
	const { pool } = database;
	const environments = createEnvironmentStore(pool);
	routes = [
		...parkedRoutes({
			parked: createParkedStore(pool),
			sealing: createSealing([Buffer.alloc(32, 1)]),
			newId,
			environmentOf: async (name) => await findEnvironment(environments, name),
			onParked: (environment) => looked.push(environment),
			now: () => new Date(),
		}),
		...retryBudgetsRoutes(createRetryBudgetStore(pool, ownTime(clock))),
	];
	room = await openHttpRoom({ routes });
	const body = { engine: 'n8n', baseUrl: 'http://127.0.0.1:5678', apiKey: 'k', stage: 'dev' };
	for (const name of ['dev', 'production']) {
		await room.call(`PUT /api/v1/environments/${name}`, { body });
		// The rooms keep their rows in a database of their own.
		await pool.query(
			`insert into environments (name, engine, base_url, stage, protected, dead_letters,
				sealed_access, has_api_key, has_oauth2, created_at, updated_at)
			values ($1, 'n8n', 'http://127.0.0.1:1', 10, false, '{}', '', true, false, now(), now())`,
			[name],
		);
	}
	node = await room.tokenFor('node', 'dev');
	viewer = await room.tokenFor('viewer');
});
afterAll(async () => {
	await room.close();
	await database.drop();
});

const later = { waitMs: 3_600_000 };
const ticket = (given: object = {}) => ({
	executionId: '4711',
	resumeToken: 'very-secret-resume-token',
	nodeId: 'gate',
	visit: 0,
	...later,
	...given,
});
const park = async (given: object = {}, token = node) =>
	await room.call('POST /api/v1/parked', { token, body: ticket(given) });

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of routes) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const [answer] = Object.values(responses);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

describe('parking', () => {
	it('takes the environment of the token, and looks there at once', async () => {
		looked.length = 0;
		const parked = await park({ executionId: '1', workflowId: 'orders' });
		expect(parked).toMatchObject({
			status: 201,
			body: {
				environment: 'dev',
				executionId: '1',
				state: 'parked',
				workflowId: 'orders',
				joinId: null,
				goneBecause: null,
			},
		});
		expect(looked).toEqual(['dev']);
		const again = await park({
			executionId: '1',
			resumeAt: '2031-04-01T12:00:00Z',
			waitMs: undefined,
		});
		// More than 366 days ahead.
		expect(again.status).toBe(400);
		expect((await park({ executionId: '1', waitMs: 7_200_000 })).body['id']).toBe(
			parked.body['id'],
		);
		expect((await park({ executionId: '1' })).status).toBe(200);
	});

	it('asks for the environment where the token has none', async () => {
		expect((await park({}, room.admin)).body).toMatchObject({ code: 'invalid_request' });
		const named = { environment: 'production' };
		expect(await park(named, room.admin)).toMatchObject({ status: 201, body: named });
		expect(await park(named)).toMatchObject({ status: 403 });
		expect(await park({ environment: 'nowhere' }, room.admin)).toMatchObject({ status: 404 });
	});

	it('never shows the token, not in an answer, a refusal or the log', async () => {
		const answers = [
			await park({ executionId: '2' }),
			await park({ executionId: '2', visit: -1 }),
			await park({ executionId: '2', resumeToken: 'with space very-secret-resume-token' }),
			await room.call('GET /api/v1/parked'),
		];
		expect(JSON.stringify(answers)).not.toContain('very-secret');
		expect(room.logged()).not.toContain('very-secret');
		const { rows } = await database.pool.query('select to_json(parked)::text as row from parked');
		expect(JSON.stringify(rows)).not.toContain('very-secret');
	});

	it.each([
		['neither time', { waitMs: undefined }],
		['both times', { resumeAt: '2031-04-01T12:00:00Z' }],
		['a negative wait', { waitMs: -1 }],
		['no time', { waitMs: undefined, resumeAt: 'tomorrow' }],
		['a visit that is no number', { visit: '1' }],
		['an empty token', { resumeToken: '' }],
		['a base URL of its own', { baseUrl: 'http://169.254.169.254' }],
	])('refuses %s', async (_, given) => {
		expect(await park(given)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
	});

	it('is listed, shown and taken back within the environment of the token', async () => {
		const { body } = await park({ executionId: '3' });
		const other = await park({ executionId: '3', environment: 'production' }, room.admin);
		const seen = async (token: string, query: string) =>
			(await room.call(`GET /api/v1/parked?${query}`, { token })).body.data.map(({ id }) => id);
		expect(await seen(node, 'executionId=3')).toEqual([body['id']]);
		expect(await seen(viewer, 'executionId=3')).toEqual([other.body['id'], body['id']]);
		expect(await seen(viewer, 'executionId=3&environment=dev&state=parked&limit=1')).toHaveLength(
			1,
		);
		const path = `/api/v1/parked/${String(body['id'])}`;
		expect((await room.call(`GET ${path}`, { token: node })).status).toBe(200);
		expect(
			(await room.call(`GET /api/v1/parked/${String(other.body['id'])}`, { token: node })).status,
		).toBe(403);
		expect((await room.call(`DELETE ${path}`, { token: viewer })).status).toBe(403);
		for (let time = 0; time < 2; time += 1) {
			expect(await room.call(`DELETE ${path}`, { token: node })).toMatchObject({
				status: 200,
				body: { state: 'cancelled', nextAttemptAt: null },
			});
		}
	});

	it('says why it cannot be taken back', async () => {
		const { body } = await park({ executionId: '4' });
		const id = String(body['id']);
		const remove = async (one: string) =>
			(await room.call(`DELETE /api/v1/parked/${one}`, { token: node })).body;
		const move = async (state: string) => {
			await database.pool.query('update parked set state = $2 where id = $1', [id, state]);
		};
		await move('resuming');
		expect(await remove(id)).toMatchObject({ status: 409, code: 'parked_busy' });
		await move('resumed');
		expect(await remove(id)).toMatchObject({ status: 409, code: 'parked_settled' });
		expect(await remove(newId())).toMatchObject({ status: 404, code: 'parked_not_found' });
	});
});

describe('a retry budget', () => {
	const withdraw = async (key: string, body: object) =>
		await room.call(`POST /api/v1/retry-budgets/${key}/withdrawals`, { token: node, body });

	it('is put, shown and listed', async () => {
		const body = { ratio: 0.5, minPerSecond: 2 };
		expect((await room.call('PUT /api/v1/retry-budgets/put-me', { body })).status).toBe(201);
		const shown = await room.call('GET /api/v1/retry-budgets/put-me', { token: viewer });
		expect(shown.body).toMatchObject({ ...body, windowMs: 10_000, available: 20 });
		expect(await room.call('PUT /api/v1/retry-budgets/put-me', { body: {} })).toMatchObject({
			status: 200,
			body: { ratio: 0.2, minPerSecond: 1, available: 10 },
		});
		const list = await room.call('GET /api/v1/retry-budgets', { token: viewer });
		expect(list.body.data.map(({ key }) => key)).toContain('put-me');
		expect(
			(await room.call('PUT /api/v1/retry-budgets/put-me', { token: node, body })).status,
		).toBe(403);
	});

	it('grants in part, and says when to ask again', async () => {
		const policy = { ratio: 0.2, minPerSecond: 1, windowMs: 1_000 };
		expect((await withdraw('part', { calls: 5, retries: 5, policy })).body).toEqual({
			allowed: false,
			granted: 2,
			retryAt: new Date(clock.now().getTime() + 1_000).toISOString(),
		});
		clock.pass(1_000);
		expect((await withdraw('part', { retries: 1 })).body).toEqual({ allowed: true, granted: 1 });
		const dry = { retries: 1, policy: { minPerSecond: 0 } };
		expect((await withdraw('dry', dry)).body).toEqual({ allowed: false, granted: 0 });
	});

	it('refuses what makes no sense', async () => {
		for (const body of [
			{},
			{ retries: -1 },
			{ retries: 1, calls: 0.5 },
			{ retries: 1, key: 'x' },
		]) {
			expect((await withdraw('bad', body)).body).toMatchObject({ code: 'invalid_request' });
		}
		expect((await room.call('GET /api/v1/retry-budgets/unknown')).body).toMatchObject({
			code: 'retry_budget_not_found',
		});
	});
});
