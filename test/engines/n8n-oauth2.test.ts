import nock from 'nock';
import { createAddressRules } from '../../sidecar/environments/address-rules';
import { systemClock, type Clock } from '../../sidecar/kernel/clock';
import { isOrchestrationError } from '../../sidecar/kernel/errors';
import { connectionTo, engineFor, type TestEngine } from './n8n-under-test';

const gateway = 'http://gateway.test';
const oauth2 = {
	tokenUrl: 'http://login.test/token',
	clientId: 'sidecar',
	clientSecret: 'client-secret',
	scopes: ['n8n.manage'],
};

let now: Date;
const clock: Clock = { ...systemClock, now: () => now };

beforeAll(() => nock.disableNetConnect());
beforeEach(() => {
	now = new Date('2026-03-01T12:00:00Z');
});
afterEach(() => {
	const open = nock.pendingMocks();
	nock.cleanAll();
	expect(open).toEqual([]);
});
afterAll(() => nock.restore());

const engine = (): TestEngine =>
	engineFor(connectionTo(gateway, 'api-key', oauth2), { clock, resilience: { baseDelayMs: 1 } });

function issues(token: string, seconds = 300): void {
	nock('http://login.test')
		.post('/token', { grant_type: 'client_credentials', scope: 'n8n.manage' })
		.basicAuth({ user: oauth2.clientId, pass: oauth2.clientSecret })
		.reply(200, { access_token: token, token_type: 'Bearer', expires_in: seconds });
}

function lets(token: string, status = 200): void {
	nock(gateway, {
		reqheaders: { authorization: `Bearer ${token}`, 'x-n8n-api-key': 'api-key' },
	})
		.get('/api/v1/workflows')
		.query(true)
		.reply(status, { data: [], nextCursor: null });
}

it('fetches one token for several calls', async () => {
	issues('one');
	lets('one');
	lets('one');
	const { definitions } = engine();
	expect(await Promise.all([definitions.list(), definitions.list()])).toEqual([[], []]);
});

it('renews a token before it expires', async () => {
	const { definitions } = engine();
	issues('one', 300);
	lets('one');
	await definitions.list();
	now = new Date(now.getTime() + 265_000);
	lets('one');
	await definitions.list();
	now = new Date(now.getTime() + 10_000);
	issues('two');
	lets('two');
	expect(await definitions.list()).toEqual([]);
});

it('renews a token that the gateway has dropped, once', async () => {
	const { definitions } = engine();
	issues('one');
	lets('one', 401);
	issues('two');
	lets('two');
	expect(await definitions.list()).toEqual([]);

	lets('two', 401);
	issues('three');
	lets('three', 401);
	const error = await definitions.list().catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_unauthorized')).toBe(true);
});

it('says that the client was refused, without its secret', async () => {
	nock('http://login.test').post('/token').reply(401, { error: 'invalid_client' });
	const error = await engine()
		.definitions.list()
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_unauthorized')).toBe(true);
	expect(error.message).toContain('http://login.test/token');
	expect(JSON.stringify({ ...error, message: error.message, cause: error.cause })).not.toContain(
		'client-secret',
	);
});

it('does not follow a token endpoint to another address', async () => {
	nock('http://login.test').post('/token').reply(307, '', { location: 'http://inside.test/token' });
	const error = await engine()
		.definitions.list()
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_unauthorized')).toBe(true);
	expect(error.message).toContain('HTTP status 307');
});

it('asks for no token at an address that is not allowed', async () => {
	const inside = { ...oauth2, tokenUrl: 'http://169.254.169.254/token' };
	const { definitions } = engineFor(connectionTo(gateway, 'api-key', inside), {
		addresses: createAddressRules([]),
	});
	const error = await definitions.list().catch((reason) => reason);
	expect(isOrchestrationError(error, 'address_not_allowed')).toBe(true);
});

it('takes a token that comes as a form', async () => {
	nock('http://login.test')
		.post('/token')
		.reply(200, 'access_token=one&token_type=Bearer&expires_in=300', {
			'content-type': 'application/x-www-form-urlencoded',
		});
	lets('one');
	expect(await engine().definitions.list()).toEqual([]);
});

it('tells an endpoint that is out of order from one that refuses', async () => {
	nock('http://login.test').post('/token').reply(503, '<h1>down</h1>');
	const error = await engine()
		.definitions.list()
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_unreachable')).toBe(true);
	expect(error.details).toMatchObject({ reason: 'HTTP status 503', sent: false });
});

it('says that an answer holds no token, and not what it holds', async () => {
	nock('http://login.test').post('/token').reply(200, '<h1>somebody else</h1>');
	const error = await engine()
		.definitions.list()
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_bad_response')).toBe(true);
	expect(error.message).not.toContain('somebody else');
});

it('says that the token endpoint cannot be reached', async () => {
	nock('http://login.test')
		.post('/token')
		.replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
	const error = await engine()
		.definitions.list()
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_unreachable')).toBe(true);
	expect(error.details).toMatchObject({ tokenUrl: oauth2.tokenUrl, reason: 'ECONNREFUSED' });
});
