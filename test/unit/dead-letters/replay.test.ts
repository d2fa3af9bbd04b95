import type { DeadLetterStore } from '../../../sidecar/dead-letters/dead-letter-store';
import { discardLetter } from '../../../sidecar/dead-letters/discard-letter';
import type { NewDeadLetter } from '../../../sidecar/dead-letters/dead-letter';
import { replayDue } from '../../../sidecar/dead-letters/due-replays';
import { replayLetter, type ReplayOrder } from '../../../sidecar/dead-letters/replay';
import { settleReplays } from '../../../sidecar/dead-letters/settle-replays';
import { execution, refusal, type FakeEngine } from '../../support/dead-letters/fake-engine';
import { after, newLetter, noon } from '../../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../../support/dead-letters/replay-room';

let room: ReplayRoom;
let engine: FakeEngine;

beforeAll(async () => {
	room = await replayRoom('production', 'staging');
});

afterAll(async () => {
	await room.database.drop();
});

beforeEach(async () => {
	await room.empty();
	engine = engineOf('production');
});

function engineOf(name: string): FakeEngine {
	const found = room.engines.get(name);
	if (!found) throw new Error(`no engine of ${name}`);
	return found;
}

const transient = { errorClass: 'transient' } as const;
const keep = async (given: Partial<NewDeadLetter> = {}) =>
	(await room.ports.letters.accept(newLetter(given))).letter;
const letterOf = async (id: string) => await room.ports.letters.find(id);
const replaysOf = async (id: string) => await room.ports.letters.replaysOf(id);
const order = (letterId: string, more: Partial<ReplayOrder> = {}): ReplayOrder => ({
	letterId,
	strategy: 'retry',
	version: 'live',
	requestedBy: 'me',
	...more,
});
const replay = async (letterId: string, more: Partial<ReplayOrder> = {}) => {
	await (
		await replayLetter(room.ports, order(letterId, more))
	).outcome;
};
/** Begins a replay as a process that dies before it does anything else. */
const beginAndDie = async (letterId: string, strategy: 'retry' | 'redeliver', retried?: string) => {
	const lease = { owner: 'a process that died', ttlMs: 60_000 };
	const begun = await room.ports.letters.beginReplay(
		letterId,
		{
			strategy,
			version: strategy === 'retry' ? null : 'failed',
			traceparent: room.ports.newTraceparent(),
			requestedBy: 'me',
			startedAt: noon,
		},
		lease,
	);
	if (!begun) throw new Error('expected it to begin');
	if (retried !== undefined) await room.ports.letters.goAhead(begun, lease, retried);
	await room.letLeasesRunOut();
	return begun;
};
const settle = async () => {
	const looked = await settleReplays(room.ports);
	expect(await room.settled()).toEqual([]);
	return looked;
};
const sent = () => engine.asked.filter((what) => /^(retry|run)\b/.test(what));

describe('a retry', () => {
	it('goes on from the failed execution and resolves the letter', async () => {
		engine.has(execution('41'));
		const { id } = await keep();
		await replay(id);
		expect(sent()).toEqual(['retry 41']);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved', attempts: 1 });
		expect(await replaysOf(id)).toMatchObject([
			{ status: 'succeeded', executionId: '900', retriedId: '41', requestedBy: 'me' },
		]);
	});

	it('goes on from the last failed retry, so that nothing in between is done again', async () => {
		engine.has(execution('41'), execution('42', { retryOf: '41' }));
		const { id } = await keep();
		engine.answers.retry = async () => ({ status: 'error', executionId: '42', message: 'no' });
		await replay(id);
		engine.answers.retry = async () => ({ status: 'success', executionId: '43', items: [] });
		await replay(id);
		expect(sent()).toEqual(['retry 41', 'retry 42']);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved', executionIds: ['41', '42'] });
	});

	it('that fails schedules the next one, until there were enough', async () => {
		engine.has(execution('41'));
		engine.answers.retry = async () => ({ status: 'error', executionId: null, message: 'no' });
		const { id } = await keep(transient);
		await replay(id);
		expect(await letterOf(id)).toMatchObject({ state: 'scheduled', nextReplayAt: after(120_000) });
		await replay(id);
		expect(await letterOf(id)).toMatchObject({ state: 'scheduled', nextReplayAt: after(240_000) });
		await replay(id);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting', attempts: 3 });
	});

	it('that n8n died in is not made again by itself: nobody knows how far it got', async () => {
		engine.has(execution('41'));
		engine.answers.retry = async () => ({
			status: 'error',
			executionId: '42',
			message: 'n8n died',
			crashed: true,
		});
		const { id } = await keep(transient);
		await replay(id);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting', attempts: 1 });
	});

	it('is not made when a retry by hand has succeeded: the letter is resolved', async () => {
		engine.has(execution('41', { retrySuccessId: '60' }));
		const { id } = await keep();
		await replay(id);
		expect(sent()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
		expect(await replaysOf(id)).toMatchObject([{ status: 'succeeded', executionId: '60' }]);
	});

	it('is not made when a retry of a failed retry has succeeded', async () => {
		engine.has(execution('41'), execution('42', { retryOf: '41', retrySuccessId: '43' }));
		const { id } = await keep({ executionIds: ['41', '42'] });
		await replay(id, { strategy: 'redeliver' });
		expect(sent()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
	});

	it('is not made while a retry by hand is under way', async () => {
		engine.has(execution('41'), execution('60', { retryOf: '41', status: 'running' }));
		const { id } = await keep(transient);
		await replay(id);
		expect(sent()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'scheduled' });
		expect(await replaysOf(id)).toMatchObject([{ message: expect.stringContaining('60') }]);
	});

	it('of an execution that is gone leaves the letter to a person', async () => {
		const { id } = await keep(transient);
		await replay(id);
		expect(sent()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting' });
		expect(await replaysOf(id)).toMatchObject([
			{ status: 'failed', message: expect.stringContaining('redeliver') },
		]);
	});

	it('of one that timed out is not made: n8n would call it a success and do nothing', async () => {
		engine.has(execution('41', { status: 'canceled' }));
		const { id } = await keep(transient);
		await replay(id);
		expect(sent()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting' });
	});

	it('is refused for an item on an error output, whose execution went on', async () => {
		const { id } = await keep({ origin: 'error-output', executionIds: [] });
		await expect(replay(id)).rejects.toMatchObject({
			code: 'replay_not_possible',
			message: expect.stringContaining('redeliver'),
		});
		expect(await letterOf(id)).toMatchObject({ state: 'waiting', attempts: 0 });
	});

	it('whose answer is unreadable is looked for before it counts as failed', async () => {
		engine.has(execution('41'));
		engine.answers.retry = async () => {
			const startedAt = noon.toISOString();
			engine.has(execution('44', { retryOf: '41', status: 'success', startedAt }));
			throw refusal('engine_bad_response');
		};
		const { id } = await keep();
		await replay(id);
		expect(await replaysOf(id)).toMatchObject([{ status: 'succeeded', executionId: '44' }]);
	});
});

describe('a redelivery', () => {
	const redelivery = { strategy: 'redeliver', version: 'failed' } as const;

	it('starts the workflow anew and resolves the letter', async () => {
		const { id } = await keep();
		await replay(id, redelivery);
		expect(sent()).toEqual(['run']);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
	});

	it('that fails leaves even a transient letter to a person: it may have come further', async () => {
		engine.answers.run = async () => ({ status: 'error', executionId: '70', message: 'no' });
		const { id } = await keep(transient);
		await replay(id, redelivery);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting', executionIds: ['41'] });
	});

	it('of an item is made though its execution was retried with success', async () => {
		engine.has(execution('41', { retrySuccessId: '60' }));
		const { id } = await keep({ origin: 'error-output', executionIds: [] });
		await replay(id, redelivery);
		expect(sent()).toEqual(['run']);
	});

	it('is refused where nothing of the payload is known', async () => {
		const { id } = await keep({ trigger: null });
		await expect(replay(id, redelivery)).rejects.toMatchObject({ code: 'replay_not_possible' });
	});

	it('is looked for when the engine fails after it was sent', async () => {
		const { id } = await keep();
		engine.answers.run = async () => {
			const [{ traceparent } = { traceparent: '' }] = await replaysOf(id);
			engine.runs.set(traceparent, { status: 'success', executionId: '71', items: [] });
			throw refusal('engine_unreachable');
		};
		await replay(id, redelivery);
		expect(await replaysOf(id)).toMatchObject([{ status: 'succeeded', executionId: '71' }]);
	});

	it.each(['engine_unreachable', 'engine_unauthorized'] as const)(
		'to an engine that says %s before anything is sent fails with the reason and leaves the letter open',
		async (code) => {
			engine.before = () => {
				throw refusal(code, { sent: false });
			};
			const { id } = await keep();
			await replay(id, redelivery);
			expect(await letterOf(id)).toMatchObject({ state: 'waiting' });
			expect(await replaysOf(id)).toMatchObject([
				{ status: 'failed', message: `${code}: refused with ${code}` },
			]);
		},
	);
});

describe('in doubt', () => {
	it.each(['retry', 'redeliver'] as const)(
		'is a %s that was sent to an engine that fails, and cannot tell what became of it',
		async (strategy) => {
			engine.has(execution('41'));
			const { id } = await keep();
			engine.answers[strategy === 'retry' ? 'retry' : 'run'] = async () => {
				engine.before = () => {
					throw refusal('engine_unreachable');
				};
				throw refusal('engine_bad_response');
			};
			await replay(id, { strategy, ...(strategy === 'redeliver' && { version: 'failed' }) });
			expect(await letterOf(id)).toMatchObject({ state: 'replaying' });
			expect(await replaysOf(id)).toMatchObject([{ status: 'in-doubt' }]);
		},
	);
});

describe('never twice at once', () => {
	it('begins one of twenty replays that are asked for together', async () => {
		engine.has(execution('41'));
		const { id } = await keep();
		const asked = Array.from({ length: 20 }, () => replayLetter(room.ports, order(id)));
		const answers = await Promise.allSettled(asked);
		const begun = answers.filter((answer) => answer.status === 'fulfilled');
		expect(begun).toHaveLength(1);
		await Promise.all(begun.map(async ({ value }) => await value.outcome));
		for (const answer of answers) {
			if (answer.status === 'rejected') {
				expect(answer.reason).toMatchObject({ code: expect.stringMatching(/busy|closed/) });
			}
		}
		expect(sent()).toEqual(['retry 41']);
	});

	it('sends nothing when another process took the replay over before it was sent', async () => {
		engine.has(execution('41'));
		const { id } = await keep();
		const answers: boolean[] = [];
		const bothAsked = Promise.withResolvers<void>();
		const letters: DeadLetterStore = {
			...room.ports.letters,
			goAhead: async (...request) => {
				const answer = await room.ports.letters.goAhead(...request);
				if (answers.push(answer) === 2) bothAsked.resolve();
				return answer;
			},
		};
		const ports = { ...room.ports, letters };
		engine.before = () => {
			engine.before = () => undefined;
			const taken = room.letLeasesRunOut().then(() => settleReplays(ports));
			engine.executions.list = async () => {
				await taken;
				return [];
			};
		};
		engine.answers.retry = async () => {
			await bothAsked.promise;
			return { status: 'success', executionId: '42', items: [] };
		};
		await (
			await replayLetter(ports, order(id))
		).outcome;
		expect(await room.settled()).toEqual([]);
		expect(answers.sort()).toEqual([false, true]);
		expect(sent()).toEqual(['retry 41']);
		expect(await replaysOf(id)).toMatchObject([{ number: 1, status: 'succeeded' }]);
	});

	it('refuses to discard what is being replayed, and to replay what was discarded', async () => {
		const { id } = await keep();
		await beginAndDie(id, 'retry');
		const request = { id, reason: null, actor: 'me' };
		await expect(discardLetter(room.ports, request)).rejects.toMatchObject({
			code: 'dead_letter_busy',
		});
		const { id: other } = await keep({ executionId: '42' });
		await discardLetter(room.ports, { ...request, id: other });
		await expect(replay(other)).rejects.toMatchObject({ code: 'dead_letter_closed' });
	});
});

describe('settling what lost its process', () => {
	it.each(['retry', 'redeliver'] as const)(
		'carries out a %s that was never sent',
		async (strategy) => {
			engine.has(execution('41'));
			const { id } = await keep();
			await beginAndDie(id, strategy);
			expect(await settle()).toBe(1);
			expect(sent()).toHaveLength(1);
			expect(await letterOf(id)).toMatchObject({ state: 'resolved', attempts: 1 });
		},
	);

	it('leaves alone what is still held', async () => {
		const { id } = await keep();
		const begun = await beginAndDie(id, 'retry');
		await room.ports.letters.goAhead(begun, { owner: 'a process that died', ttlMs: 60_000 }, null);
		expect(await settle()).toBe(0);
	});

	it.each([
		['success', { status: 'succeeded', executionId: '42' }, 'resolved'],
		['error', { status: 'failed', executionId: '42' }, 'scheduled'],
		['canceled', { status: 'failed', executionId: '42' }, 'waiting'],
		['crashed', { status: 'failed', executionId: '42' }, 'waiting'],
		['running', { status: 'in-doubt', executionId: '42' }, 'replaying'],
		['new', { status: 'in-doubt', executionId: '42' }, 'replaying'],
	] as const)(
		'finds the retry that was sent (%s) and runs nothing',
		async (status, ended, state) => {
			engine.has(execution('41'), execution('42', { retryOf: '41', status }));
			const { id } = await keep(transient);
			await beginAndDie(id, 'retry', '41');
			await settle();
			expect(sent()).toEqual([]);
			expect(await replaysOf(id)).toMatchObject([ended]);
			expect(await letterOf(id)).toMatchObject({ state });
		},
	);

	it('leaves to a person a retry that the list calls failed, and that was a crash', async () => {
		engine.has(execution('41'), execution('42', { retryOf: '41', status: 'error' }));
		engine.executions.get = async (id) => execution(id, { retryOf: '41', status: 'crashed' });
		const { id } = await keep(transient);
		await beginAndDie(id, 'retry', '41');
		await settle();
		expect(await replaysOf(id)).toMatchObject([{ status: 'failed', executionId: '42' }]);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting' });
	});

	it('takes neither an earlier replay nor a retry of something else for it', async () => {
		const settings = { saveDataSuccessExecution: 'all' };
		engine.has(
			execution('41'),
			execution('42', { retryOf: '41', status: 'error' }),
			execution('43', { retryOf: '40', status: 'success' }),
		);
		engine.answers.retry = async () => ({ status: 'error', executionId: '42', message: 'no' });
		const ran = { name: 'Orders', nodes: [], connections: {}, settings };
		const { id } = await keep({ ran });
		await replay(id);
		engine.answers.retry = async () => ({ status: 'success', executionId: '44', items: [] });
		await beginAndDie(id, 'retry', '41');
		await settle();
		expect(sent()).toEqual(['retry 41', 'retry 42']);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
	});

	it('does not guess when a retry left no trace: it may have succeeded unsaved', async () => {
		engine.has(execution('41'));
		const { id } = await keep(transient);
		await beginAndDie(id, 'retry', '41');
		await settle();
		expect(sent()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'waiting' });
		expect(await replaysOf(id)).toMatchObject([
			{ status: 'failed', message: expect.stringContaining('no trace') },
		]);
	});

	it('finds the redelivery that was sent and runs nothing', async () => {
		const { id } = await keep();
		const { traceparent } = await beginAndDie(id, 'redeliver');
		engine.runs.set(traceparent, { status: 'in-doubt' });
		await settle();
		expect(await replaysOf(id)).toMatchObject([{ status: 'in-doubt' }]);
		engine.runs.set(traceparent, { status: 'success', executionId: '71', items: [] });
		await room.letLeasesRunOut();
		await settle();
		expect(sent()).toEqual([]);
		expect(await replaysOf(id)).toMatchObject([{ status: 'succeeded', executionId: '71' }]);
	});

	it('is not held up by an environment that is away', async () => {
		engine.before = () => {
			throw refusal('engine_unreachable');
		};
		const { id: stuck } = await keep();
		const { id } = await keep({ environment: 'staging' });
		engineOf('staging').has(execution('41'));
		await beginAndDie(stuck, 'retry', '41');
		await beginAndDie(id, 'retry');
		await settle();
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
		expect(await letterOf(stuck)).toMatchObject({ state: 'replaying' });
	});
});

describe('what is due', () => {
	const due = { ...transient, state: 'scheduled', nextReplayAt: noon } as const;

	it('is retried by the schedule', async () => {
		engine.has(execution('41'));
		const { id } = await keep(due);
		expect(await replayDue(room.ports)).toBe(1);
		expect(await room.settled()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
		expect(await replaysOf(id)).toMatchObject([{ requestedBy: 'schedule', strategy: 'retry' }]);
	});

	it('waits without using up an attempt while its environment is away; others go on', async () => {
		engine.before = () => {
			throw refusal('engine_unreachable');
		};
		const { id: stuck } = await keep(due);
		engineOf('staging').has(execution('41'));
		const { id } = await keep({ ...due, environment: 'staging' });
		expect(await replayDue(room.ports)).toBe(1);
		expect(await room.settled()).toEqual([]);
		expect(await letterOf(id)).toMatchObject({ state: 'resolved' });
		expect(await letterOf(stuck)).toMatchObject({ state: 'scheduled', attempts: 0 });
	});

	it('goes a few at a time', async () => {
		for (let number = 50; number < 60; number += 1) {
			engine.has(execution(String(number)));
			await keep({ ...due, executionId: String(number) });
		}
		expect(await replayDue(room.ports, 4)).toBe(4);
		expect(await room.settled()).toEqual([]);
		expect(sent()).toHaveLength(4);
	});

	it('that cannot be retried is left to a person', async () => {
		const { id } = await keep({ ...due, executionIds: [] });
		expect(await replayDue(room.ports)).toBe(0);
		expect(await letterOf(id)).toMatchObject({
			state: 'waiting',
			note: expect.stringContaining('redeliver'),
		});
	});
});
