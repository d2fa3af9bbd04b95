import { workOffBulkReplays, type WorkOffPorts } from '../../sidecar/dead-letters/bulk/work-off';
import { incidentsRoutes } from '../../sidecar/http/incidents-routes';
import { replaysRoutes } from '../../sidecar/http/replays-routes';
import { createBulkReplayStore } from '../../sidecar/storage/bulk-replay-store';
import { execution } from '../support/dead-letters/fake-engine';
import { environmentNamed, newLetter } from '../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let letters: ReplayRoom;
let ports: WorkOffPorts;
let room: HttpRoom;
let stranger: string;
let viewer: string;

beforeAll(async () => {
	letters = await replayRoom('production');
	ports = {
		...letters.ports,
		bulks: createBulkReplayStore(letters.database.pool),
		admit: async () => ({ go: true, report: async () => undefined }),
	};
	room = await openHttpRoom({ routes: [...replaysRoutes(ports), ...incidentsRoutes(ports)] });
	for (const name of ['production', 'staging']) {
		await room.stores.environments.put(environmentNamed(name));
	}
	stranger = await room.tokenFor('operator', 'staging');
	viewer = await room.tokenFor('viewer', 'production');
	for (const executionId of ['1', '2', '3']) {
		letters.engines.get('production')?.has(execution(executionId));
		await ports.letters.accept(newLetter({ executionId }));
	}
});

afterAll(async () => {
	await room.close();
	await letters.settled();
	await letters.database.drop();
});

const fingerprint = '0'.repeat(32);
const order = { filter: { environment: 'production', fingerprint }, strategy: 'retry', rate: 100 };
const post = async (path: string, body?: object, token?: string) =>
	await room.call(`POST /api/v1/replays${path}`, {
		...(body ? { body } : {}),
		...(token ? { token } : {}),
	});

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of replaysRoutes(ports)) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const answer = Object.values(responses).find((each) => each && 'parse' in each);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

it('shows incidents and previews their replay without writing anything', async () => {
	const incidents = await room.call('GET /api/v1/incidents?open=true', { token: viewer });
	expect(incidents.body.data).toMatchObject([
		{ fingerprint, workflowId: 'orders', node: 'Work', message: 'boom', letters: { waiting: 3 } },
	]);
	const dry = await post('', { ...order, rate: 2, dryRun: true });
	expect(dry.status).toBe(200);
	expect(dry.body).toMatchObject({
		letters: 3,
		seconds: 2,
		strategy: 'retry',
		version: null,
		byWorkflow: [{ workflowId: 'orders', workflowName: 'Orders', letters: 3 }],
		byClass: [{ errorClass: 'unknown', letters: 3 }],
	});
	const { body } = await room.call('GET /api/v1/replays');
	expect(body.data).toEqual([]);
});

it('keeps the circuit and the rate limit that it is to hold to', async () => {
	const limits = { circuit: 'receipts', rateLimit: 'supplier' };
	const { body } = await post('', {
		...order,
		filter: { environment: 'production', node: 'X' },
		...limits,
	});
	expect(body).toMatchObject(limits);
	expect((await post('', { ...order, circuit: '' })).status).toBe(400);
});

it('starts, pauses, resumes, finishes, and tells it as events', async () => {
	const started = await post('', order);
	expect(started).toMatchObject({ status: 202, body: { state: 'running' } });
	const id = String(started.body['id']);
	expect((await post(`/${id}/pause`)).body).toMatchObject({ state: 'paused' });
	expect((await post(`/${id}/pause`)).body).toMatchObject({ state: 'paused' });
	await workOffBulkReplays(ports);
	expect((await room.call(`GET /api/v1/replays/${id}`)).body).toMatchObject({
		progress: { waiting: 3, replayed: 0 },
	});
	expect((await post(`/${id}/resume`)).body).toMatchObject({ state: 'running', reason: null });
	for (let round = 0; round < 5; round += 1) {
		await letters.database.pool.query('update bulk_replays set next_at = clock_timestamp()');
		await workOffBulkReplays(ports);
		await letters.settled();
	}
	const { body } = await room.call(`GET /api/v1/replays/${id}`, { token: viewer });
	expect(body).toMatchObject({
		state: 'finished',
		progress: { total: 3, replayed: 3, succeeded: 3, secondsLeft: 0 },
		report: [],
	});
	const headers = { authorization: `Bearer ${room.admin}` };
	const events = await fetch(`${room.url}/api/v1/replays/${id}/events`, { headers });
	const told = await events.text();
	expect(told).toContain('event: progress');
	expect(told).toContain('"succeeded":3');
	const over = await fetch(`${room.url}/api/v1/replays/${id}/events`, {
		headers: { ...headers, 'last-event-id': 'over' },
	});
	expect(over.status).toBe(204);
	const late = await post(`/${id}/cancel`);
	expect(late).toMatchObject({ status: 409, body: { code: 'bulk_replay_state' } });
});

it('refuses what it cannot do, and whoever may not', async () => {
	const id = '0198c0de-0000-7000-8000-000000000060';
	const codeOf = async (answer: ReturnType<typeof post>) => {
		const { status, body } = await answer;
		return [status, body['code']];
	};
	const failed = { filter: { environment: 'production' }, strategy: 'retry', version: 'failed' };
	expect(await codeOf(post('', failed))).toEqual([400, 'invalid_request']);
	expect(await codeOf(post('', { ...order, rate: 0 }))).toEqual([400, 'invalid_request']);
	const nowhere = { filter: { environment: 'nowhere' } };
	expect(await codeOf(post('', nowhere))).toEqual([404, 'environment_not_found']);
	const unknown = { filter: { environment: 'production' }, version: id };
	expect(await codeOf(post('', unknown))).toEqual([404, 'version_not_found']);
	expect(await codeOf(post(`/${id}/cancel`))).toEqual([404, 'bulk_replay_not_found']);
	expect(await codeOf(post('', order, stranger))).toEqual([403, 'forbidden']);
	expect(await codeOf(post('', order, viewer))).toEqual([403, 'forbidden']);
	const mine = String((await post('', order)).body['id']);
	expect(await codeOf(post(`/${mine}/cancel`, undefined, stranger))).toEqual([403, 'forbidden']);
	expect((await post(`/${mine}/cancel`)).body).toMatchObject({ state: 'canceled' });
});
