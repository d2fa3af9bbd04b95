import { rehearsalsRoutes } from '../../sidecar/http/rehearsals-routes';
import { replaySchedulesRoutes } from '../../sidecar/http/replay-schedules-routes';
import { nextCron } from '../../sidecar/kernel/cron';
import { newId } from '../../sidecar/kernel/ids';
import { createBulkReplayStore } from '../../sidecar/storage/bulk-replay-store';
import { createRehearsalStore } from '../../sidecar/storage/rehearsal-store';
import { createReplayScheduleStore } from '../../sidecar/storage/replay-schedule-store';
import { environmentNamed } from '../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let letters: ReplayRoom;
let room: HttpRoom;
let stranger: string;

beforeAll(async () => {
	letters = await replayRoom('production', 'staging');
	const { pool } = letters.database;
	const ports = {
		...letters.ports,
		bulks: createBulkReplayStore(pool),
		rehearsals: createRehearsalStore(pool),
		schedules: createReplayScheduleStore(pool),
		nextRun: nextCron,
	};
	room = await openHttpRoom({
		routes: [...replaySchedulesRoutes(ports), ...rehearsalsRoutes(ports)],
	});
	for (const name of ['production', 'staging']) {
		await room.stores.environments.put(environmentNamed(name));
	}
	stranger = await room.tokenFor('operator', 'staging');
});

afterAll(async () => {
	await room.close();
	await letters.database.drop();
});

const order = { filter: { environment: 'production' }, cron: '0 3 * * *' };
const put = async (name: string, body: object, token?: string) =>
	await room.call(`PUT /api/v1/replay-schedules/${name}`, { body, ...(token ? { token } : {}) });

it('keeps a schedule under its name, and gives it a next time while it is enabled', async () => {
	const made = await put('nightly', { ...order, timeZone: 'Europe/Vienna' });
	expect(made).toMatchObject({
		status: 201,
		body: {
			name: 'nightly',
			strategy: 'redeliver',
			version: 'live',
			rate: 1,
			liveRatio: 1.2,
			quietHours: null,
			circuit: null,
			rateLimit: null,
			ladderMs: null,
			enabled: true,
			lastRunAt: null,
		},
	});
	expect(Date.parse(String(made.body['nextRunAt']))).toBeGreaterThan(0);
	const paused = await put('nightly', { ...order, enabled: false });
	expect(paused).toMatchObject({ status: 200, body: { enabled: false, nextRunAt: null } });
	const read = await room.call('GET /api/v1/replay-schedules/nightly');
	expect(read.body).toEqual(paused.body);
	expect((await room.call('DELETE /api/v1/replay-schedules/nightly')).status).toBe(204);
	expect(await room.call('GET /api/v1/replay-schedules/nightly')).toMatchObject({
		status: 404,
		body: { code: 'replay_schedule_not_found' },
	});
});

it.each([
	['a cron expression with seconds', { cron: '* * * * * *' }],
	['a cron expression that is none', { cron: 'every night' }],
	['a time zone that nobody knows', { timeZone: 'Europe/Atlantis' }],
	['a list of letters', { filter: { environment: 'production', ids: [newId()] } }],
	['a dry run', { dryRun: true }],
	['a version with retry', { strategy: 'retry', version: 'live' }],
	['an empty ladder', { ladderMs: [] }],
])('refuses %s', async (_, given) => {
	expect(await put('wrong', { ...order, ...given })).toMatchObject({
		status: 400,
		body: { code: 'invalid_request' },
	});
});

it('keeps a token for one environment to that one', async () => {
	expect((await put('mine', order, stranger)).status).toBe(403);
	await put('mine', order);
	const staging = { ...order, filter: { environment: 'staging' } };
	expect((await put('mine', staging, stranger)).status).toBe(403);
	const token = { token: stranger };
	expect((await room.call('GET /api/v1/replay-schedules/mine', token)).status).toBe(403);
	expect((await room.call('DELETE /api/v1/replay-schedules/mine', token)).status).toBe(403);
	expect((await room.call('GET /api/v1/replay-schedules', token)).body).toMatchObject({ data: [] });
});

it('lets no token for one environment take payloads from another, nor anybody upwards', async () => {
	const body = { filter: { environment: 'production' }, version: newId(), environment: 'staging' };
	expect((await room.call('POST /api/v1/rehearsals', { body, token: stranger })).status).toBe(403);
	expect(await room.call('POST /api/v1/rehearsals', { body })).toMatchObject({
		status: 422,
		body: { code: 'rehearsal_not_possible' },
	});
	expect(await room.call(`GET /api/v1/rehearsals/${newId()}`)).toMatchObject({
		status: 404,
		body: { code: 'rehearsal_not_found' },
	});
});
