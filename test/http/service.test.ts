import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;
let databaseIsUp = true;

beforeAll(async () => {
	room = await openHttpRoom({
		readiness: [
			{
				name: 'database',
				check: async () => {
					if (!databaseIsUp) throw new Error('connect ECONNREFUSED db.internal:5432');
				},
			},
			{ name: 'migrations', check: async () => {} },
		],
	});
});
afterAll(async () => {
	await room.close();
});

it('is alive without a token', async () => {
	expect(await room.call('GET /healthz', { token: null })).toMatchObject({
		status: 200,
		body: { status: 'ok' },
	});
});

it('is ready when every check passes, and names the one that does not', async () => {
	expect((await room.call('GET /readyz', { token: null })).body).toEqual({
		status: 'ready',
		checks: [
			{ name: 'database', ok: true },
			{ name: 'migrations', ok: true },
		],
	});
	databaseIsUp = false;
	const answer = await room.call('GET /readyz', { token: null });
	databaseIsUp = true;
	expect(answer).toMatchObject({
		status: 503,
		body: {
			status: 'not-ready',
			checks: [
				{ name: 'database', ok: false },
				{ name: 'migrations', ok: true },
			],
		},
	});
	expect(answer.text).not.toContain('db.internal');
	expect(room.logged()).toContain('db.internal');
});

it('counts requests by route, method and status, never by path', async () => {
	await room.call('GET /api/v1/environments/secret-project');
	await room.call('GET /api/v1/secret-path');
	const { text, headers } = await room.call('GET /metrics', { token: null });
	expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
	expect(text).toContain(
		'orchestration_http_request_duration_seconds_count{method="GET",route="/api/v1/environments/{name}",status="404"} 1',
	);
	expect(text).toContain('route="unmatched",status="404"');
	expect(text).not.toContain('secret');
	const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
	expect(names.filter((name) => !name?.startsWith('orchestration_'))).toEqual([]);
});

it('answers HEAD like GET, without the body', async () => {
	const answer = await room.call('HEAD /healthz', { token: null });
	expect(answer).toMatchObject({ status: 200, text: '' });
});
