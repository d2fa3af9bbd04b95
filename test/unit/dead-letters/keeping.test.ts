import { acceptLetter, type LetterRequest } from '../../../sidecar/dead-letters/accept-letter';
import { completeLetters } from '../../../sidecar/dead-letters/complete-letters';
import { keepFailure } from '../../../sidecar/dead-letters/keep-failure';
import { replayLetter } from '../../../sidecar/dead-letters/replay';
import type { ExecutionDetail } from '../../../sidecar/engines/port/execution';
import { execution, refusal, type FakeEngine } from '../../support/dead-letters/fake-engine';
import { after, environmentNamed } from '../../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../../support/dead-letters/replay-room';

let room: ReplayRoom;
let engine: FakeEngine;

beforeAll(async () => {
	room = await replayRoom('production');
});

afterAll(async () => {
	await room.database.drop();
});

beforeEach(async () => {
	await room.empty();
	engine = room.engines.get('production') as FakeEngine;
});

const production = environmentNamed('production', { baseDelayMs: 60_000, ttlSeconds: 3600 });
const error = { node: null, name: 'Error', message: 'boom', description: null, httpStatus: null };
const unavailable = {
	node: 'Call',
	name: 'NodeApiError',
	message: 'Service unavailable',
	description: null,
	httpStatus: 503,
	input: [{ json: { order: 7 } }],
};

const report = async (given: Partial<LetterRequest> = {}) =>
	await acceptLetter(room.ports, production, {
		origin: 'error-workflow',
		workflowId: 'orders',
		executionId: '41',
		error,
		...given,
	});
const follow = async (failed: ExecutionDetail) => {
	engine.has(failed);
	return await keepFailure(room.ports, production, engine, failed);
};
const complete = async () => {
	room.ports.clock.pass(60_000);
	await completeLetters(room.ports, 'production', engine);
};
const all = async () => await room.ports.letters.list({}, { limit: 99, after: null });
const only = async () => {
	const [letter, ...more] = await all();
	expect(more).toEqual([]);
	return await room.ports.letters.find(letter?.id ?? '');
};

describe('accepting', () => {
	it('takes the error workflow and the follower for one failure, whoever comes first', async () => {
		await report();
		await follow(execution('41'));
		expect(await only()).toMatchObject({ origin: 'error-workflow', trigger: { node: 'Webhook' } });
		await room.empty();
		await follow(execution('41'));
		await report({ note: 'from the error workflow' });
		expect(await only()).toMatchObject({ origin: 'follower', note: 'from the error workflow' });
	});

	it('keeps the time to live of the environment, or the one that is asked for', async () => {
		const now = room.ports.clock.now().getTime();
		const { letter } = await report();
		expect(letter.expiresAt.getTime()).toBe(now + 3_600_000);
		const { letter: own } = await report({ executionId: '42', ttlSeconds: 60 });
		expect(own.expiresAt.getTime()).toBe(now + 60_000);
	});

	it('keeps items of one execution apart, and the same item once', async () => {
		const item = (node: string, run: number, number: number) =>
			report({ origin: 'error-output', position: { node, run, item: number } });
		await Promise.all([item('DL', 0, 0), item('DL', 0, 1), item('DL', 1, 0), item('DL2', 0, 0)]);
		expect((await item('DL', 0, 1)).created).toBe(false);
		expect(await all()).toHaveLength(4);
	});

	it('never takes items without a position for each other, nor for their execution', async () => {
		await report({ origin: 'error-output' });
		await report({ origin: 'error-output' });
		await follow(execution('41'));
		expect(await all()).toHaveLength(3);
	});

	it('keeps reports that name no execution apart', async () => {
		await report({ executionId: null });
		await report({ executionId: null });
		expect(await all()).toHaveLength(2);
	});

	it('takes a retry of a retry for the first failure', async () => {
		await follow(execution('41'));
		await follow(execution('42', { retryOf: '41', mode: 'retry' }));
		await report({ executionId: '43', retryOf: '42' });
		expect(await only()).toMatchObject({ executionId: '41', executionIds: ['41', '42', '43'] });
	});
});

describe('following', () => {
	it('keeps payload, failed node and its input, and what ran', async () => {
		await follow(execution('41', { failure: unavailable }));
		expect(await only()).toMatchObject({
			state: 'scheduled',
			errorClass: 'transient',
			error: { node: 'Call', httpStatus: 503 },
			trigger: { node: 'Webhook', items: [{ json: { order: '41' } }] },
			failedInput: [{ json: { order: 7 } }],
			ran: { name: 'Orders' },
		});
	});

	it('keeps a run that took too long, and leaves it to a person', async () => {
		const ran = { name: 'Orders', nodes: [], connections: {}, settings: { executionTimeout: 5 } };
		const stoppedAt = after(5003).toISOString();
		await follow(execution('41', { status: 'canceled', failure: null, stoppedAt, ran }));
		expect(await only()).toMatchObject({
			state: 'waiting',
			error: { name: 'ExecutionTimedOut', message: expect.stringContaining('5 s') },
			errorClass: 'unknown',
		});
	});

	it('keeps a crash of which nothing is known', async () => {
		await follow(execution('41', { status: 'crashed', failure: null, trigger: null, ran: null }));
		expect(await only()).toMatchObject({ state: 'waiting', trigger: null });
	});

	it('cuts an error text that is a whole page', async () => {
		const failure = {
			...unavailable,
			message: 'x'.repeat(30_000),
			description: 'y'.repeat(30_000),
		};
		await follow(execution('41', { failure }));
		const letter = await only();
		expect(letter?.error.message).toHaveLength(20_000);
		expect(letter?.error.description).toHaveLength(20_000);
	});
});

describe('completing', () => {
	it('adds the payload to what an error workflow reported', async () => {
		engine.has(execution('41'));
		await report();
		await complete();
		expect(await only()).toMatchObject({
			trigger: { node: 'Webhook', items: [{ json: { order: '41' } }] },
			failedInput: [{ json: { order: '41' } }],
			error: { node: 'Work' },
			ran: { name: 'Orders' },
		});
	});

	it.each(['completed', 'followed'])(
		'schedules a letter whose class is known only once it is %s',
		async (how) => {
			const failed = execution('41', { failure: unavailable });
			engine.has(failed);
			expect((await report()).letter).toMatchObject({ state: 'waiting', errorClass: 'unknown' });
			if (how === 'completed') await complete();
			else await follow(failed);
			expect(await only()).toMatchObject({
				state: 'scheduled',
				errorClass: 'transient',
				error: { message: 'boom', httpStatus: 503 },
			});
		},
	);

	it('leaves the class alone that was reported', async () => {
		engine.has(execution('41', { failure: unavailable }));
		await report({ errorClass: 'data' });
		await complete();
		expect(await only()).toMatchObject({ state: 'waiting', errorClass: 'data' });
	});

	it('takes nothing of what an execution ended with for an item that failed earlier in it', async () => {
		engine.has(execution('41', { failure: unavailable }));
		await report({ origin: 'error-output', position: { node: 'DL', run: 0, item: 0 } });
		await complete();
		expect(await only()).toMatchObject({
			error: { node: null, message: 'boom', httpStatus: null },
			errorClass: 'unknown',
			state: 'waiting',
			failedInput: [],
			trigger: { node: 'Webhook' },
		});
	});

	it('comes back to an execution that is not over', async () => {
		engine.has(execution('41', { status: 'waiting' }));
		await report();
		await complete();
		expect((await only())?.capturedAt).toBeNull();
		engine.has(execution('41'));
		await complete();
		expect((await only())?.capturedAt).not.toBeNull();
	});

	it('is not held up by executions that stay open', async () => {
		for (let id = 100; id < 160; id += 1) {
			engine.has(execution(String(id), { status: 'waiting' }));
			await report({ executionId: String(id) });
		}
		engine.has(execution('41'));
		const { letter } = await report();
		await complete();
		await complete();
		expect((await room.ports.letters.find(letter.id))?.capturedAt).not.toBeNull();
	});

	it('reads the execution of many items once', async () => {
		engine.has(execution('41'));
		for (let item = 0; item < 20; item += 1) {
			await report({ origin: 'error-output', position: { node: 'DL', run: 0, item } });
		}
		await complete();
		expect(engine.asked).toEqual(['get 41']);
		expect((await all()).every(({ capturedAt }) => capturedAt !== null)).toBe(true);
	});

	it('settles for what was reported when the engine has forgotten the execution', async () => {
		await report();
		await complete();
		expect(await only()).toMatchObject({ state: 'waiting', trigger: null });
		expect((await only())?.capturedAt).not.toBeNull();
	});

	it('discards, with the reason, what is no letter', async () => {
		engine.has(execution('41', { mode: 'manual' }));
		await report({ note: 'VIP' });
		await complete();
		expect(await only()).toMatchObject({
			state: 'discarded',
			note: 'VIP\nIt was run by hand in the editor.',
		});
	});

	describe('the error workflow of a sub-workflow', () => {
		const parent = { executionId: '40', workflowId: 'shop' };
		const child = execution('41', { mode: 'integrated', parent });
		const caller = execution('40', { workflowId: 'shop' });

		it('waits for the caller, with the payload already kept', async () => {
			engine.has(child, execution('40', { workflowId: 'shop', status: 'running' }));
			await report();
			await complete();
			expect(await only()).toMatchObject({ capturedAt: null, trigger: { node: 'Webhook' } });
		});

		it('gives way to the letter of a caller that failed, once that is there', async () => {
			engine.has(child, caller);
			const { letter } = await report();
			await complete();
			expect(await only()).toMatchObject({ state: 'waiting', capturedAt: null });
			await follow(caller);
			await complete();
			expect(await room.ports.letters.find(letter.id)).toMatchObject({ state: 'discarded' });
			expect(await all()).toHaveLength(2);
		});

		it('is discarded when the caller handled the error', async () => {
			engine.has(child, execution('40', { workflowId: 'shop', status: 'success' }));
			await report();
			await complete();
			expect(await only()).toMatchObject({ state: 'discarded' });
		});
	});

	it('says that a letter is closed when reading its execution closed it', async () => {
		engine.has(execution('41', { mode: 'manual' }));
		const { letter } = await report();
		const order = { letterId: letter.id, strategy: 'retry', version: 'live', requestedBy: 'me' };
		await expect(replayLetter(room.ports, { ...order, strategy: 'retry' })).rejects.toMatchObject({
			code: 'dead_letter_closed',
		});
	});

	it('leaves letters as they are while the engine is away', async () => {
		await report();
		engine.before = () => {
			throw refusal('engine_unreachable');
		};
		await expect(complete()).rejects.toMatchObject({ code: 'engine_unreachable' });
		expect(await only()).toMatchObject({ state: 'waiting', capturedAt: null });
	});
});
