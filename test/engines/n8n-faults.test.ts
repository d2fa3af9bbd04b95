import nock from 'nock';
import { AttemptFailure } from '../../sidecar/engines/n8n/attempt-failure';
import { lost } from '../../sidecar/engines/n8n/transport-errors';
import { createAddressRules } from '../../sidecar/environments/address-rules';
import { systemClock, type Clock } from '../../sidecar/kernel/clock';
import { connectionTo, engineFor, refusal, type TestEngine } from './n8n-under-test';

const base = 'http://n8n.test';
const key = 'n8n_api_secret';
const quick = { baseDelayMs: 1, maxDelayMs: 5 };

beforeAll(() => {
	nock.disableNetConnect();
	nock.enableNetConnect('127.0.0.1');
});
afterEach(() => {
	const open = nock.pendingMocks();
	nock.cleanAll();
	expect(open).toEqual([]);
});
afterAll(() => nock.restore());

const engine = (resilience = {}, clock: Clock = systemClock): TestEngine =>
	engineFor(connectionTo(base, key), { resilience: { ...quick, ...resilience }, clock });

const workflows = (): nock.Interceptor => nock(base).get('/api/v1/workflows').query(true);
const page = { data: [], nextCursor: null };

describe('an instance that limits our rate', () => {
	const now = new Date('2026-03-01T12:00:00.997Z');
	const frozen: Clock = { ...systemClock, now: () => now };

	it('is asked again when its seconds have passed', async () => {
		workflows().reply(429, { message: 'slow down' }, { 'retry-after': '0' });
		workflows().reply(200, page);
		expect(await engine().definitions.list()).toEqual([]);
	});

	it('is asked again at the date it names', async () => {
		workflows().reply(429, '', { 'retry-after': 'Sun, 01 Mar 2026 12:00:01 GMT' });
		workflows().reply(200, page);
		expect(await engine({}, frozen).definitions.list()).toEqual([]);
	});

	it('is left alone when it asks for more patience than we have', async () => {
		workflows().reply(429, { message: 'slow down' }, { 'retry-after': '120' });
		const error = await refusal(engine({}, frozen).definitions.list());
		expect(error).toMatchObject({
			code: 'engine_rate_limited',
			details: { retryAt: '2026-03-01T12:02:00.997Z', status: 429, environment: 'dev' },
		});
	});
});

it('gets over three answers 503 when reading', async () => {
	workflows().times(3).reply(503, 'starting');
	workflows().reply(200, page);
	expect(await engine().definitions.list()).toEqual([]);
});

it('gives up after the fourth 503', async () => {
	workflows().times(4).reply(503, 'starting');
	const error = await refusal(engine().definitions.list());
	expect(error).toMatchObject({ code: 'engine_unreachable', details: { status: 503 } });
});

/** As n8n 2.40 answers while it migrates, and before its routes stand. */
const startingAnswers = [
	[200, 'n8n is starting up. Please wait'],
	[404, '<!DOCTYPE html><html><body><pre>Cannot GET /api/v1/workflows</pre></body></html>'],
] as const;

it.each(startingAnswers)(
	'takes no answer of an n8n that starts for one: %s %s',
	async (...answer) => {
		workflows().reply(...answer);
		workflows().reply(200, page);
		expect(await engine().definitions.list()).toEqual([]);

		nock(base)
			.post('/webhook/orders')
			.reply(...answer);
		const webhook = {
			method: 'POST',
			path: 'orders',
			answers: 'at-end',
			answerIsEnd: true,
		} as const;
		const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
		const call = { webhook, payload: {}, traceparent };
		expect(await engine().executions.call(call)).toMatchObject({
			status: 'refused',
			lasting: false,
		});
	},
);

it('never repeats what is not safe to repeat', async () => {
	nock(base).post('/api/v1/workflows/w1/publish').reply(503, 'busy');
	const error = await refusal(engine().definitions.publish('w1', 'v1'));
	expect(error.code).toBe('engine_unreachable');
});

it('stops waiting for an instance that hangs, and does not ask again', async () => {
	workflows().delay(2000).reply(200, page);
	const error = await refusal(engine({ timeoutMs: 80 }).definitions.list());
	expect(error).toMatchObject({
		code: 'engine_timeout',
		details: { timeoutMs: 80, method: 'GET', path: '/api/v1/workflows' },
	});
	nock.abortPendingRequests();
});

it.each([
	[true, 'it may still act on it, so read back'],
	[false, 'nothing was sent, so try again'],
])('tells what to do after a timeout; sent: %s', (sent, advice) => {
	const failure = new AttemptFailure({ kind: 'timeout', reason: 'timeout', sent });
	const asked = { method: 'GET', path: '/api/v1/workflows' } as const;
	const error = lost('orders', asked, failure, { baseUrl: base, timeoutMs: 80 });
	expect(error).toMatchObject({ code: 'engine_timeout', details: { sent } });
	expect(error.message).toContain(advice);
});

describe('a retry that is answered without what came out, as in queue mode', () => {
	const answer = {
		id: '6',
		workflowId: 'w',
		status: 'success',
		data: { resultData: { runData: {} } },
	};
	const answered = () => nock(base).post('/api/v1/executions/5/retry').reply(200, answer);
	const read = () => nock(base).get('/api/v1/executions/6').query(true);

	it('has ended as the answer says where the execution is not kept', async () => {
		answered();
		read().reply(404, { message: 'Not Found' });
		expect(await engine().executions.retry('5')).toEqual({
			status: 'success',
			executionId: '6',
			items: [],
		});
	});

	it('is in doubt, and not failed, where the execution cannot be read now', async () => {
		answered();
		read().reply(401, { message: 'unauthorized' });
		expect(await engine().executions.retry('5')).toEqual({ status: 'in-doubt' });
	});

	it('was cut off where the execution tells that its worker is gone', async () => {
		answered();
		const message =
			'This execution failed to be processed too many times and will no longer retry.';
		const data = { resultData: { runData: {}, error: { message } } };
		read().reply(200, { ...answer, status: 'error', data });
		expect(await engine().executions.retry('5')).toMatchObject({ status: 'error', crashed: true });
	});
});

it('is in doubt about a retry that does not answer', async () => {
	nock(base).post('/api/v1/executions/5/retry').delay(2000).reply(200, {});
	const hasty = engineFor(connectionTo(base, key), { resilience: quick, runTimeoutMs: 60 });
	expect(await hasty.executions.retry('5')).toEqual({ status: 'in-doubt' });
	nock.abortPendingRequests();
});

it('recognises a page that is not n8n', async () => {
	workflows().reply(200, '<html><body>Log in</body></html>', { 'content-type': 'text/html' });
	const error = await refusal(engine().definitions.list());
	expect(error.code).toBe('engine_bad_response');
	expect(error.message).toContain('an HTML page');
});

it('recognises JSON that is not what n8n gives', async () => {
	workflows().reply(200, { data: [{ id: 1 }] });
	const error = await refusal(engine().definitions.list());
	expect(error.code).toBe('engine_bad_response');
	expect(error.message).toContain('data.0');
});

it('passes on what n8n says, but neither its stack trace nor our key', async () => {
	nock(base)
		.post('/api/v1/workflows/w1/publish')
		.reply(400, {
			message: `bad node for ${key}\n    at run (/usr/lib/n8n.js:1)`,
			stacktrace: 'Error: at /usr/lib/n8n.js',
		});
	const error = await refusal(engine().definitions.publish('w1', 'v1'));
	expect(error.code).toBe('workflow_invalid');
	expect(error.message).toContain('bad node for ***');
	expect(error.message).not.toContain('/usr/lib');
});

it('takes no key to where an instance redirects', async () => {
	workflows().reply(302, '', { location: 'http://elsewhere.test/login' });
	const elsewhere = nock('http://elsewhere.test').get('/login').reply(200, 'caught');
	const error = await refusal(engine().definitions.list());
	expect(error.code).toBe('engine_bad_response');
	expect(error.message).toContain('http://elsewhere.test/login');
	expect(elsewhere.isDone()).toBe(false);
	nock.cleanAll();
});

it('follows a redirect within the instance', async () => {
	workflows().reply(307, '', { location: '/api/v1/workflows/all' });
	nock(base, { reqheaders: { 'x-n8n-api-key': key } })
		.get('/api/v1/workflows/all')
		.reply(200, page);
	expect(await engine().definitions.list()).toEqual([]);
});

it('asks nobody at an address that is not allowed', async () => {
	const careful = engineFor(connectionTo('http://10.0.0.1', key), {
		addresses: createAddressRules([]),
	});
	expect((await refusal(careful.definitions.list())).code).toBe('address_not_allowed');
	expect(await careful.check()).toMatchObject({ reachable: false, ok: false });
});

describe('an instance that keeps failing', () => {
	it('is left alone, and asked again after a while', async () => {
		const now = new Date('2026-03-01T12:00:00.000Z');
		const failing = engine(
			{ retries: 0, failuresToOpen: 3, halfOpenAfterMs: 50 },
			{ ...systemClock, now: () => now },
		);
		workflows().times(3).reply(503, 'down');
		for (let call = 0; call < 3; call++) {
			expect((await refusal(failing.definitions.list())).code).toBe('engine_unreachable');
		}
		const error = await refusal(failing.definitions.list());
		expect(error).toMatchObject({
			code: 'engine_circuit_open',
			details: { retryAt: '2026-03-01T12:00:00.050Z' },
		});
		await systemClock.sleep(60);
		workflows().twice().reply(200, page);
		expect(await failing.definitions.list()).toEqual([]);
		expect(await failing.definitions.list()).toEqual([]);
	});

	it('is not blamed for refusals', async () => {
		const healthy = engine({ failuresToOpen: 2 });
		nock(base).get('/api/v1/workflows/w1').times(3).reply(404, { message: 'Not Found' });
		for (let call = 0; call < 3; call++) {
			expect((await refusal(healthy.definitions.get('w1'))).code).toBe('workflow_not_found');
		}
	});
});
