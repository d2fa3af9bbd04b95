import { circuitsRoutes } from '../../sidecar/http/circuits-routes';
import type { Route } from '../../sidecar/http/route';
import { newId } from '../../sidecar/kernel/ids';
import { createCircuitStore } from '../../sidecar/storage/circuit-store';
import { ownTime } from '../../sidecar/storage/fleet-time';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';
import { movingClock } from '../support/moving-clock';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

const clock = movingClock();
const transitions: object[] = [];
let database: FreshDatabase;
let room: HttpRoom;
let routes: Route[];
let node: string;
let viewer: string;

beforeAll(async () => {
	database = await freshDatabase();
	routes = circuitsRoutes({
		circuits: createCircuitStore(database.pool, ownTime(clock)),
		newId,
		onTransition: (transition) => transitions.push(transition),
	});
	room = await openHttpRoom({ routes });
	const dev = { engine: 'n8n', baseUrl: 'http://127.0.0.1:5678', apiKey: 'k', stage: 'dev' };
	await room.call('PUT /api/v1/environments/dev', { body: dev });
	node = await room.tokenFor('node', 'dev');
	viewer = await room.tokenFor('viewer');
});
afterAll(async () => {
	await room.close();
	await database.drop();
});

const act = async (path: string, body: object = {}, token = node) =>
	await room.call(`POST /api/v1/circuits/${path}`, { token, body });

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of routes) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const [answer] = Object.values(responses);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

it('walks from closed to open, half-open and closed again', async () => {
	const policy = { trip: { by: 'consecutive', failures: 2 }, openMs: 10_000, probes: 2 };
	expect(await act('crm/permits', { count: 4, policy })).toMatchObject({
		status: 200,
		body: { allowed: true, granted: 4, state: 'closed', retryAt: null, permits: [] },
	});
	expect((await act('crm/outcomes', { failures: 2 })).body).toMatchObject({
		state: 'open',
		retryAt: new Date(clock.now().getTime() + 10_000).toISOString(),
	});
	expect((await act('crm/permits')).body).toMatchObject({ allowed: false, granted: 0 });
	clock.pass(10_000);
	const probing = await act('crm/permits', { count: 4 });
	expect(probing.body).toMatchObject({ allowed: true, granted: 2, state: 'half-open' });
	const { permits } = probing.body;
	const closed = await act('crm/outcomes', { successes: 2, permits });
	expect(closed.body).toMatchObject({ state: 'closed', retryAt: null });
	expect(transitions).toEqual([
		{ key: 'crm', from: 'closed', to: 'open' },
		{ key: 'crm', from: 'open', to: 'half-open' },
		{ key: 'crm', from: 'half-open', to: 'closed' },
	]);
});

it('asks for one permit when the body is empty', async () => {
	const answer = await room.call('POST /api/v1/circuits/bare/permits', { token: node });
	expect(answer.body).toMatchObject({ granted: 1, state: 'closed' });
});

it('is put, shown, listed and counts what was reported', async () => {
	const trip = { by: 'failure-rate', rate: 0.5, minimumCalls: 10, calls: 20 };
	const slowRate = { rate: 0.9, minimumCalls: 10, windowMs: 60_000 };
	const made = await room.call('PUT /api/v1/circuits/erp', { body: { trip, slowRate } });
	expect(made).toMatchObject({ status: 201, body: { policy: { trip, slowRate, openMs: 30_000 } } });
	await act('erp/outcomes', { successes: 7, failures: 2, slow: 1 });
	const shown = await room.call('GET /api/v1/circuits/erp', { token: viewer });
	expect(shown.body).toMatchObject({ state: 'closed', successes: 7, failures: 2, slow: 1 });
	const list = await room.call('GET /api/v1/circuits', { token: viewer });
	expect(list.body.data.map(({ key }) => key)).toContain('erp');
});

it('is held by hand and released', async () => {
	await act('held/permits');
	const force = async (state: string | null) => await act('held/force', { state }, room.admin);
	expect((await force('open')).body).toMatchObject({ state: 'open', forced: 'open' });
	expect((await act('held/permits')).body).toMatchObject({ allowed: false });
	expect((await force(null)).body).toMatchObject({ state: 'half-open', forced: null });
	expect((await force('closed')).body).toMatchObject({ state: 'closed', forced: 'closed' });
});

it('does not know what nobody asked for', async () => {
	for (const answer of [
		await room.call('GET /api/v1/circuits/nowhere'),
		await act('nowhere/force', { state: 'open' }, room.admin),
	]) {
		expect(answer).toMatchObject({ status: 404, body: { code: 'circuit_not_found' } });
	}
});

it('lets nodes ask and report, operators configure, viewers look', async () => {
	const asNode = { token: node, body: {} };
	expect((await room.call('PUT /api/v1/circuits/crm', asNode)).status).toBe(403);
	expect((await act('crm/force', { state: 'open' }, node)).status).toBe(403);
	expect((await act('crm/permits', {}, viewer)).status).toBe(403);
	expect((await act('crm/outcomes', {}, viewer)).status).toBe(403);
});

it.each([
	['a rate above 1', { trip: { by: 'failure-rate', rate: 2, minimumCalls: 1, calls: 10 } }],
	['a rule of no kind', { trip: { by: 'mood' } }],
	['no probes', { probes: 0 }],
	['a misspelt field', { openFor: 5 }],
])('is not made with %s', async (_what, body) => {
	const answer = await room.call('PUT /api/v1/circuits/wrong', { body });
	expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});
