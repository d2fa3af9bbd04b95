import { openAccess } from '../../sidecar/environments/access';
import type { Engine } from '../../sidecar/engines/port/engine';
import { createN8nEngine } from '../../sidecar/engines/n8n/n8n-engine';
import { systemClock } from '../../sidecar/kernel/clock';
import { freePorts } from '../support/n8n/free-ports';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;

beforeAll(async () => {
	room = await openHttpRoom({ allowedAddresses: ['127.0.0.0/8', 'n8n.internal'] });
});
afterAll(async () => {
	await room.close();
});

const dev = {
	engine: 'n8n',
	baseUrl: 'http://127.0.0.1:5678',
	apiKey: 'hunter2-key',
	stage: 'dev',
};
const oauth2 = {
	tokenUrl: 'http://127.0.0.1:9000/token',
	clientId: 'sidecar',
	clientSecret: 'hunter2-secret',
};
const put = async (name: string, body: object) =>
	await room.call(`PUT /api/v1/environments/${name}`, { body });

async function secretsOf(name: string) {
	const environment = await room.stores.environments.find(name);
	return environment && openAccess(room.sealing, environment);
}

it('makes an instance known and gives it back without its secrets', async () => {
	const made = await put('dev', { ...dev, oauth2 });
	expect(made.status).toBe(201);
	expect(made.body).toEqual({
		name: 'dev',
		engine: 'n8n',
		baseUrl: 'http://127.0.0.1:5678',
		stage: 10,
		protected: false,
		access: { apiKey: true, oauth2: true },
		deadLetters: {
			follow: true,
			autoReplay: true,
			maxAttempts: 5,
			baseDelayMs: 60_000,
			maxDelayMs: 3_600_000,
			ttlSeconds: 86_400,
		},
		createdAt: '2031-04-01T12:00:00.000Z',
		updatedAt: '2031-04-01T12:00:00.000Z',
	});
	expect((await room.call('GET /api/v1/environments/dev')).body).toEqual(made.body);
});

it('keeps secrets sealed: not in the database, the log or any answer', async () => {
	await put('sealed', { ...dev, oauth2 });
	const answers = [
		await room.call('GET /api/v1/environments'),
		await room.call('GET /api/v1/environments/sealed'),
		await put('sealed', { ...dev, oauth2 }),
	];
	const { rows } = await room.pool.query<{ row: string }>(
		'select environments::text as row from environments',
	);
	const everything = [...answers.map(({ text }) => text), ...rows.map(({ row }) => row)].join();
	expect(everything).toContain('sealed');
	expect(everything + room.logged()).not.toContain('hunter2');
	expect(await secretsOf('sealed')).toEqual({
		apiKey: 'hunter2-key',
		oauth2: { ...oauth2, scopes: [] },
	});
});

describe('a second PUT', () => {
	it('changes what is known and keeps access that is left out', async () => {
		await put('staging', dev);
		room.clock.pass(1000);
		const changed = await put('staging', {
			engine: 'n8n',
			baseUrl: 'http://127.0.0.1:5679/n8n/api/v1/',
			oauth2,
			stage: 15,
			protected: true,
			deadLetters: { ttlSeconds: 3600 },
		});
		expect(changed).toMatchObject({
			status: 200,
			body: {
				baseUrl: 'http://127.0.0.1:5679/n8n',
				stage: 15,
				protected: true,
				access: { apiKey: true, oauth2: true },
				deadLetters: { ttlSeconds: 3600, maxAttempts: 5 },
				createdAt: '2031-04-01T12:00:00.000Z',
				updatedAt: '2031-04-01T12:00:01.000Z',
			},
		});
		expect(await secretsOf('staging')).toMatchObject({ apiKey: 'hunter2-key', oauth2 });
	});

	it('replaces a secret', async () => {
		await put('staging', { ...dev, apiKey: 'new-key' });
		expect(await secretsOf('staging')).toMatchObject({ apiKey: 'new-key' });
	});

	it('mends an environment whose box nobody can open any more', async () => {
		await put('broken', dev);
		await room.pool.query(
			`update environments set sealed_access = 'v1.00000000.AAAA.AAAA.AAAA' where name = 'broken'`,
		);
		const without = await put('broken', { ...dev, apiKey: undefined });
		expect(without).toMatchObject({ status: 500, body: { code: 'secret_unreadable' } });
		expect((await put('broken', dev)).status).toBe(200);
		expect(await secretsOf('broken')).toMatchObject({ apiKey: 'hunter2-key' });
	});
});

describe('protection by rules', () => {
	it('gives back every rule, with defaults for what is left out', async () => {
		const freezes = [
			{ name: 'weekend', timezone: 'Europe/Berlin', cron: '0 16 * * 5', durationMinutes: 3840 },
		];
		const rules = { approvals: 2, promoters: { names: ['ci'] }, freezes, soakSeconds: 60 };
		const answer = await put('guarded', { ...dev, protected: rules });
		expect(answer.body).toMatchObject({
			protected: {
				...rules,
				promoters: { names: ['ci'], roles: [] },
				approvers: null,
				authorMayApprove: false,
				watch: { alpha: 0.01, beta: 0.05 },
				owned: { schedules: false, settings: [], parameters: [] },
			},
		});
		expect((await room.call('GET /api/v1/environments/guarded')).body).toEqual(answer.body);
		expect((await put('guarded', { ...dev, protected: true })).body).toMatchObject({
			protected: true,
		});
	});

	const zone = { name: 'x', timezone: 'UTC' };
	const wrong: Array<[string, object]> = [
		[
			'an unknown time zone',
			{ ...zone, timezone: 'Mars/Base', cron: '* * * * *', durationMinutes: 1 },
		],
		['six fields', { ...zone, cron: '0 0 16 * * 5', durationMinutes: 1 }],
		['no cron expression', { ...zone, cron: '0 25 * * *', durationMinutes: 1 }],
		[
			'an end before the beginning',
			{ ...zone, from: '2031-02-01T00:00', until: '2031-01-01T00:00' },
		],
		['half of each kind', { ...zone, from: '2031-02-01T00:00', durationMinutes: 5 }],
		['no day of the calendar', { ...zone, from: '2031-13-01T00:00', until: '2032-01-01T00:00' }],
	];
	it.each(wrong)('refuses a freeze with %s', async (_, freeze) => {
		const answer = await put('frozen', { ...dev, protected: { freezes: [freeze] } });
		expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
	});
});

it('wants a way in for a new n8n', async () => {
	const answer = await put('closed', { ...dev, apiKey: undefined });
	expect(answer).toMatchObject({
		status: 400,
		body: { code: 'invalid_request', errors: [{ path: 'apiKey' }] },
	});
	expect((await put('gateway', { ...dev, apiKey: undefined, oauth2 })).status).toBe(201);
});

it.each(['Dev', '1dev', 'dev_1', '-dev', 'x'.repeat(64)])('refuses the name %s', async (name) => {
	expect((await put(name, dev)).body).toMatchObject({
		code: 'invalid_request',
		errors: [{ path: 'name' }],
	});
});

it.each([
	['a baseUrl without scheme', { baseUrl: '127.0.0.1:5678' }, 'baseUrl'],
	['a baseUrl with a password', { baseUrl: 'http://user:hunter2@127.0.0.1' }, 'baseUrl'],
	['a baseUrl with a query', { baseUrl: 'http://127.0.0.1/?x=1' }, 'baseUrl'],
	['an unknown engine', { engine: 'zapier' }, 'engine'],
	['an unknown stage', { stage: 'prod' }, 'stage'],
	['half a stage', { stage: 1.5 }, 'stage'],
	['a key that cannot travel in a header', { apiKey: 'a\r\nb' }, 'apiKey'],
	['a misspelt field', { apikey: 'k' }, 'apikey'],
	['no attempts', { deadLetters: { maxAttempts: 0 } }, 'deadLetters.maxAttempts'],
	[
		'a delay that shrinks',
		{ deadLetters: { baseDelayMs: 2000, maxDelayMs: 1000 } },
		'deadLetters.maxDelayMs',
	],
	['a scope that is no text', { oauth2: { ...oauth2, scopes: [1] } }, 'oauth2.scopes[0]'],
])('refuses %s', async (_what, change, path) => {
	const answer = await put('dev', { ...dev, ...change });
	expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
	expect(answer.body['errors']).toEqual([expect.objectContaining({ path })]);
	expect(answer.text).not.toContain('hunter2');
});

it('refuses a private address nobody listed, also for the OAuth2 token', async () => {
	const metadata = await put('meta', { ...dev, baseUrl: 'http://169.254.169.254' });
	expect(metadata).toMatchObject({
		status: 422,
		body: { code: 'address_not_allowed', address: '169.254.169.254' },
	});
	const token = await put('meta', { ...dev, oauth2: { ...oauth2, tokenUrl: 'http://10.0.0.1/t' } });
	expect(token).toMatchObject({ status: 422, body: { code: 'address_not_allowed' } });
	expect((await room.call('GET /api/v1/environments/meta')).status).toBe(404);
	expect((await put('listed', { ...dev, baseUrl: 'http://n8n.internal:5678' })).status).toBe(201);
});

it('lists by stage, page by page', async () => {
	for (const [name, stage] of [
		['z-first', 0],
		['a-last', 900_000],
		['b-ten', 100],
	] as const) {
		await put(name, { ...dev, stage });
	}
	const names: unknown[] = [];
	let path = '/api/v1/environments?limit=2';
	for (;;) {
		const { body } = await room.call(`GET ${path}`);
		expect(body.data.length).toBeLessThanOrEqual(2);
		names.push(...body.data.map(({ name }) => name));
		if (body['nextCursor'] === null) break;
		path = `/api/v1/environments?limit=2&cursor=${String(body['nextCursor'])}`;
	}
	expect(names).toEqual((await room.stores.environments.list()).map(({ name }) => name));
	expect(names.at(0)).toBe('z-first');
	expect(names.at(-1)).toBe('a-last');
});

it.each([
	'limit=0',
	'limit=201',
	'limit=ten',
	'limit=1&limit=2',
	'cursor=!!',
	'cursor=',
	'curser=a',
	'cursor=_w',
])('refuses ?%s', async (query) => {
	const answer = await room.call(`GET /api/v1/environments?${query}`);
	expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

describe('DELETE', () => {
	it('forgets an environment', async () => {
		await put('brief', dev);
		const gone = await room.call('DELETE /api/v1/environments/brief');
		expect(gone).toMatchObject({ status: 204, text: '' });
		const again = await room.call('DELETE /api/v1/environments/brief');
		expect(again).toMatchObject({ status: 404, body: { code: 'environment_not_found' } });
	});

	it('refuses one that something names', async () => {
		await put('used', dev);
		await room.pool.query(`insert into workflows (key) values ('w')`);
		await room.pool.query(
			`insert into bindings (environment, workflow_id, workflow_key) values ('used', '1', 'w')`,
		);
		const answer = await room.call('DELETE /api/v1/environments/used');
		expect(answer).toMatchObject({ status: 409, body: { code: 'environment_in_use' } });
	});
});

it.each([
	'GET /api/v1/environments/nowhere',
	'POST /api/v1/environments/nowhere/check',
	'GET /api/v1/environments/nowhere/workflows',
	'GET /api/v1/environments/nowhere/workflows/1',
])('knows no environment nowhere: %s', async (line) => {
	expect(await room.call(line)).toMatchObject({
		status: 404,
		body: { code: 'environment_not_found' },
	});
});

describe('an instance that does not answer', () => {
	it('is told by check as unreachable, not as an error', async () => {
		const [port] = await freePorts(1);
		await put('down', { ...dev, baseUrl: `http://127.0.0.1:${port}` });
		const answer = await room.call('POST /api/v1/environments/down/check');
		expect(answer).toMatchObject({
			status: 200,
			body: { environment: 'down', reachable: false, ok: false, version: null },
		});
		expect(answer.body['findings']).toEqual([
			{ name: expect.any(String), ok: false, message: expect.any(String) },
		]);
	});

	it('is an error of the gateway where its workflows are wanted', async () => {
		const answer = await room.call('GET /api/v1/environments/down/workflows');
		expect(answer).toMatchObject({ status: 502, body: { code: 'engine_unreachable' } });
		expect(answer.text).not.toContain('hunter2');
	});
});

it('says so when an engine cannot be asked for workflows', async () => {
	const withoutDefinitions = async (): Promise<Engine> => {
		const { definitions: _code, ...engine } = createN8nEngine({
			connection: {
				environment: 'team',
				engine: 'n8n',
				baseUrl: dev.baseUrl,
				apiKey: 'k',
				oauth2: null,
			},
			memory: { load: async () => null, save: async () => {} },
			clock: systemClock,
			random: () => 0,
		});
		return engine;
	};
	const other = await openHttpRoom({ engineOf: withoutDefinitions });
	try {
		await other.call('PUT /api/v1/environments/team', {
			body: { engine: 'temporal', baseUrl: 'http://127.0.0.1:7233', stage: 'dev' },
		});
		const answer = await other.call('GET /api/v1/environments/team/workflows');
		expect(answer).toMatchObject({ status: 422, body: { code: 'capability_missing' } });
	} finally {
		await other.close();
	}
});

describe('an environment of Temporal', () => {
	const temporal = {
		engine: 'temporal',
		baseUrl: 'https://127.0.0.1:7233',
		stage: 'dev',
		temporal: {
			namespace: 'orders.a1b2c',
			taskQueue: 'orders',
			tls: {
				serverName: 'orders.example.com',
				ca: '-----BEGIN CERTIFICATE-----\nhunter2-ca',
				certificate: '-----BEGIN CERTIFICATE-----\nhunter2-certificate',
				key: '-----BEGIN PRIVATE KEY-----\nhunter2-private',
			},
		},
	};
	const shown = {
		namespace: 'orders.a1b2c',
		taskQueue: 'orders',
		tls: { serverName: 'orders.example.com', ca: true, clientCertificate: true },
	};

	it('needs no key, and shows neither key nor certificate', async () => {
		const made = await put('temporal', temporal);
		expect(made).toMatchObject({ status: 201, body: { temporal: shown } });
		expect(made.text + room.logged()).not.toContain('hunter2');
		expect(await secretsOf('temporal')).toMatchObject({
			tls: { ca: temporal.temporal.tls.ca, clientCertificate: { key: temporal.temporal.tls.key } },
		});
	});

	it('keeps its certificates when they are left out', async () => {
		await put('temporal-again', temporal);
		const { tls: _, ...place } = temporal.temporal;
		const changed = await put('temporal-again', { ...temporal, temporal: place });
		expect(changed).toMatchObject({ status: 200, body: { temporal: shown } });
	});

	it('has the namespace default and no queue when nothing else is said', async () => {
		const { temporal: _, ...bare } = temporal;
		const made = await put('temporal-bare', bare);
		expect(made.body).toMatchObject({
			temporal: {
				namespace: 'default',
				taskQueue: null,
				tls: { serverName: null, ca: false, clientCertificate: false },
			},
		});
	});
});
