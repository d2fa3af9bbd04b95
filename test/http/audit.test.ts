import { createAuditTrail } from '../../sidecar/audit/audit-trail';
import { isAudited } from '../../sidecar/http/audited';
import { auditRoutes } from '../../sidecar/http/audit-routes';
import { defineRoute } from '../../sidecar/http/route';
import { OrchestrationError } from '../../sidecar/kernel/errors';
import { newId } from '../../sidecar/kernel/ids';
import { systemClock } from '../../sidecar/kernel/clock';
import { createAuditStore } from '../../sidecar/storage/audit-store';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';

const probe = (name: string, work: () => void) =>
	defineRoute({
		method: 'post',
		path: `/api/v1/environments/{environment}/${name}/{id}`,
		summary: 'Ends as it is made to',
		role: 'operator',
		environment: 'handler',
		responses: { 200: null },
	}).handledBy(async ({ note }) => {
		note({ learnt: 'on the way' });
		work();
		return await Promise.resolve({ status: 200 });
	});

const probes = [
	probe('probes', () => undefined),
	probe('refuse', () => {
		throw new OrchestrationError('workflow_invalid', 'no');
	}),
	probe('break', () => {
		throw new Error('broken');
	}),
];

let room: HttpRoom;

beforeAll(async () => {
	room = await openHttpRoom({
		routes: probes,
		audit: (pool) => {
			const store = createAuditStore(pool);
			return {
				trail: createAuditTrail({ store, clock: systemClock, newId }),
				routes: auditRoutes({ store }),
			};
		},
	});
});
afterAll(async () => {
	await room.close();
});

const newest = async () => (await room.call('GET /api/v1/audit?limit=1')).body.data[0];
const line = 'POST /api/v1/environments/dev/probes/p-1';
const secret = 'the-secret-key-of-dev';

it('writes down who did what to what, without the secrets in it', async () => {
	const answer = await room.call(line, { body: { apiKey: secret, message: 'because' } });
	expect(answer.status).toBe(200);
	const entry = await newest();
	expect(entry).toMatchObject({
		action: 'POST /api/v1/environments/{environment}/probes/{id}',
		subject: 'p-1',
		environment: 'dev',
		outcome: 'ok',
		requestId: answer.headers.get('x-request-id'),
		details: {
			status: 200,
			fields: ['apiKey', 'message'],
			body: { message: 'because' },
			learnt: 'on the way',
		},
	});
	expect(JSON.stringify(entry)).not.toContain(secret);
});

it.each([
	['refuse', 'refused', 'workflow_invalid'],
	['break', 'failed', 'internal_error'],
])('writes down what did not work out (%s)', async (fail, outcome, code) => {
	await room.call(`POST /api/v1/environments/dev/${fail}/p-1`, { body: { apiKey: secret } });
	expect(await newest()).toMatchObject({ outcome, details: { code, learnt: 'on the way' } });
});

it('writes down what a token was not allowed to do', async () => {
	const viewer = await room.tokenFor('viewer');
	const body = { apiKey: secret, message: 'm' };
	expect((await room.call(line, { token: viewer, body })).status).toBe(403);
	expect(await newest()).toMatchObject({ outcome: 'refused', details: { code: 'forbidden' } });
	const elsewhere = await room.call('POST /api/v1/tokens', { token: viewer, body: {} });
	expect(elsewhere.status).toBe(403);
	expect(await newest()).toMatchObject({ action: 'POST /api/v1/tokens', subject: null });
});

it('names what was made, and keeps the token itself out', async () => {
	const { body } = await room.call('POST /api/v1/tokens', {
		body: { name: 'made here', role: 'viewer' },
	});
	expect(await newest()).toMatchObject({
		subject: body['id'],
		details: { body: { role: 'viewer' } },
	});
	expect(JSON.stringify(await newest())).not.toContain(String(body['token']));
});

it('pages through it, filters it and proves it', async () => {
	const first = await room.call('GET /api/v1/audit?limit=2&environment=dev');
	expect(first.body.data).toHaveLength(2);
	const next = String(first.body['nextCursor']);
	const second = await room.call(`GET /api/v1/audit?limit=2&environment=dev&cursor=${next}`);
	expect(Number(second.body.data[0]?.['seq'])).toBeLessThan(Number(first.body.data[1]?.['seq']));
	expect((await room.call('GET /api/v1/audit?cursor=cHJvZA')).status).toBe(400);
	const proof = await room.call('GET /api/v1/audit/verify');
	expect(proof).toMatchObject({ status: 200, body: { intact: true, fault: null } });
	expect((await room.call('GET /api/v1/audit/verify?seq=1')).status).toBe(400);
});

it('leaves out the work that passes through, and nothing else', () => {
	const post = (path: string) => isAudited({ method: 'post', path });
	expect(post('/api/v1/circuits/{key}/permits')).toBe(false);
	expect(post('/api/v1/rate-limits/{key}/reservations')).toBe(false);
	expect(post('/api/v1/concurrency/{key}/leases')).toBe(false);
	expect(post('/api/v1/dead-letters')).toBe(false);
	expect(post('/hooks/{endpoint}')).toBe(false);
	expect(post('/api/v1/dead-letters/{id}/replay')).toBe(true);
	expect(post('/api/v1/circuits/{key}/force')).toBe(true);
	expect(isAudited({ method: 'put', path: '/api/v1/environments/{name}' })).toBe(true);
	expect([post('/api/v1/joins'), post('/api/v1/joins/{id}/cancel')]).toEqual([false, true]);
	expect(isAudited({ method: 'get', path: '/api/v1/audit' })).toBe(false);
});
