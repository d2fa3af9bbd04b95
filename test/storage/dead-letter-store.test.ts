import type { DeadLetter } from '../../sidecar/dead-letters/dead-letter';
import type { DeadLetterStore } from '../../sidecar/dead-letters/dead-letter-store';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { after, environmentNamed, newLetter, noon } from '../support/dead-letters/letters';
import { failure, lease, retry } from '../support/dead-letters/replays';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let letters: DeadLetterStore;

beforeAll(async () => {
	database = await freshDatabase();
	letters = createDeadLetterStore(database.pool);
	const environments = createEnvironmentStore(database.pool);
	for (const name of ['production', 'staging']) await environments.put(environmentNamed(name));
});

afterAll(async () => {
	await database.drop();
});

afterEach(async () => {
	await database.pool.query('delete from letter_executions');
	await database.pool.query('delete from replays');
	await database.pool.query('delete from dead_letters');
});

const keep = async (given: Parameters<typeof newLetter>[0] = {}): Promise<DeadLetter> =>
	(await letters.accept(newLetter(given))).letter;

describe('keeping', () => {
	it('gives back what was kept', async () => {
		const letter = newLetter({ state: 'scheduled', nextReplayAt: after(60_000), note: 'look' });
		expect(await letters.accept(letter)).toEqual({
			created: true,
			letter: {
				...letter,
				attempts: 0,
				occurrences: 1,
				workflowKey: null,
				updatedAt: noon,
				archivedAt: null,
			},
		});
	});

	it('keeps one failure once, however many report it at once', async () => {
		const reports = Array.from({ length: 20 }, () => newLetter());
		const answers = await Promise.all(reports.map((letter) => letters.accept(letter)));
		expect(answers.filter(({ created }) => created)).toHaveLength(1);
		expect(new Set(answers.map(({ letter }) => letter.id)).size).toBe(1);
	});

	it('gives a letter that is reported again what it lacked, and changes nothing it has', async () => {
		const bare = { trigger: null, failedInput: [], workflowName: null };
		const first = await keep(bare);
		const second = newLetter({ note: 'seen by the error workflow', errorClass: 'bug' });
		const { letter, created } = await letters.accept(second);
		expect(created).toBe(false);
		expect(letter).toEqual({
			...first,
			trigger: second.trigger,
			failedInput: second.failedInput,
			workflowName: 'Orders',
			note: 'seen by the error workflow',
		});
		const third = newLetter({ trigger: { node: 'Other', items: [] }, note: 'later' });
		expect((await letters.accept(third)).letter).toEqual(letter);
	});

	it('takes failed retries for the failure they repeat, and retries of those as well', async () => {
		const { id } = await keep({ executionId: '9' });
		const retryOf9 = { executionId: '10', dedupKey: 'execution:9', executionIds: ['9', '10'] };
		const retryOf10 = { executionId: '11', dedupKey: 'execution:10', executionIds: ['10', '11'] };
		expect((await keep(retryOf9)).id).toBe(id);
		const letter = await keep(retryOf10);
		expect(letter).toMatchObject({ id, executionId: '9', executionIds: ['9', '10', '11'] });
		for (const executionId of ['9', '10', '11']) {
			const found = await letters.list({ executionId }, { limit: 2, after: null });
			expect(found.map((each) => each.id)).toEqual([id]);
		}
	});

	it('keeps many in one statement, in order, and none when one of them cannot be kept', async () => {
		const known = await keep({ executionId: '5' });
		const many = ['4', '5', '6', '6'].map((executionId) => newLetter({ executionId }));
		const answers = await letters.acceptAll(many);
		expect(answers.map(({ created }) => created)).toEqual([true, false, true, false]);
		expect(answers.map(({ letter }) => letter.executionId)).toEqual(['4', '5', '6', '6']);
		expect(answers[1]?.letter.id).toBe(known.id);
		expect(answers[3]?.letter.id).toBe(many[2]?.id);

		const stranger = newLetter({ executionId: '8', environment: 'nowhere' });
		const both = letters.acceptAll([newLetter({ executionId: '7' }), stranger]);
		await expect(both).rejects.toThrow();
		expect(await letters.list({ executionId: '7' }, { limit: 1, after: null })).toEqual([]);
	});

	it('keeps single letters that come at once, but for one that cannot be kept, and tells of each', async () => {
		const wanted = Array.from({ length: 30 }, (_, nth) =>
			newLetter({
				executionIds: [],
				dedupKey: `single ${nth}`,
				...(nth === 7 ? { environment: 'nowhere' } : {}),
			}),
		);
		const kept = await Promise.allSettled(
			wanted.map(async (one) => await letters.acceptAll([one])),
		);
		expect(kept.map(({ status }) => status)).toEqual(
			wanted.map((_, nth) => (nth === 7 ? 'rejected' : 'fulfilled')),
		);
		const ids = wanted.filter((_, nth) => nth !== 7).map(({ id }) => id);
		expect(kept.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))).toMatchObject(
			ids.map((id) => ({ created: true, letter: { id } })),
		);
		const { rows } = await database.pool.query<{ subject: string }>(
			`select webhook_events.subject from webhook_events
			where webhook_events.type = 'dead_letter.created' and webhook_events.subject = any ($1)`,
			[wanted.map(({ id }) => id)],
		);
		expect(rows.map(({ subject }) => subject).sort()).toEqual(ids.toSorted());
	});

	it('takes a retry of a retry in the same batch for the one failure it is', async () => {
		await keep({ dedupKey: 'execution:9', executionId: '11', executionIds: ['9', '11'] });
		const retries = [
			newLetter({ executionId: '9', executionIds: ['9'] }),
			newLetter({ dedupKey: 'execution:11', executionId: '12', executionIds: ['11', '12'] }),
		];
		const answers = await letters.acceptAll(retries);
		expect(new Set(answers.map(({ letter }) => letter.id)).size).toBe(1);
	});

	it('keeps batches of the same failures in any order, at once, without a deadlock', async () => {
		const ids = Array.from({ length: 20 }, (_, nth) => `${100 + nth}`);
		const batch = (order: string[]) =>
			letters.acceptAll(order.map((executionId) => newLetter({ executionId })));
		const reversed = ids.toReversed();
		const answers = await Promise.all([ids, reversed, ids, reversed].map(batch));
		expect(answers.flat().filter(({ created }) => created)).toHaveLength(ids.length);
	});

	describe('with a fingerprint', () => {
		const order7 = (given: Parameters<typeof newLetter>[0] = {}) =>
			newLetter({
				dedupKey: 'fingerprint:order 7',
				fingerprint: 'order 7',
				executionId: null,
				...given,
			});

		it('takes it for the letter that is open, also in one batch and at the same moment', async () => {
			const answers = await Promise.all([
				letters.acceptAll([order7(), order7()]),
				letters.acceptAll([order7()]),
			]);
			const kept = answers.flat();
			expect(kept.filter(({ created }) => created)).toHaveLength(1);
			expect(new Set(kept.map(({ letter }) => letter.id)).size).toBe(1);
			const { occurrences } = (await letters.find(kept[0]?.letter.id ?? '')) ?? {};
			expect(occurrences).toBe(3);
		});

		it('makes a new letter once the earlier one is over, exactly one', async () => {
			const first = (await letters.accept(order7())).letter;
			await letters.move(first.id, ['waiting'], 'discarded', null, noon);
			const again = await Promise.all([1, 2, 3].map(() => letters.acceptAll([order7()])));
			expect(again.flat().filter(({ created }) => created)).toHaveLength(1);
			const second = again[0]?.[0]?.letter;
			expect(second?.id).not.toBe(first.id);
			expect(await letters.find(first.id)).toMatchObject({ state: 'discarded' });
		});

		it('is one of its workflow only', async () => {
			await letters.accept(order7());
			expect((await letters.accept(order7({ workflowId: 'receipts' }))).created).toBe(true);
		});
	});

	it('finds letters by how much they matter', async () => {
		const critical = await keep({ executionId: '1', severity: 'critical' });
		const plain = await keep({ executionId: '2' });
		const ids = async (severity: 'critical' | 'error') =>
			(await letters.list({ severity }, { limit: 9, after: null })).map(({ id }) => id);
		expect(await ids('critical')).toEqual([critical.id]);
		expect(await ids('error')).toEqual([plain.id]);
	});

	it('takes an execution of another workflow with the same number for another failure', async () => {
		await keep();
		const { created } = await letters.accept(newLetter({ workflowId: 'receipts' }));
		expect(created).toBe(true);
	});

	it('keeps a payload as it came: U+0000, lone surrogates, big numbers and 5 MB', async () => {
		const json = {
			zero: 'a\u0000b',
			lone: '\ud800 and \udc00',
			large: 2 ** 60,
			nested: { empty: '', list: [null, true] },
			page: 'ä'.repeat(2_500_000),
		};
		const payload = { node: 'Webhook', items: [{ json }] };
		const kept = await keep({
			trigger: payload,
			failedInput: payload.items,
			workflowName: 'a\u0000b',
			error: {
				node: null,
				name: 'E',
				message: '\u0000\ud800',
				description: null,
				httpStatus: null,
			},
		});
		expect(kept.trigger).toEqual(payload);
		expect(kept.failedInput).toEqual(payload.items);
		expect(kept.error.message).toBe('\u0000\ud800');
		expect(kept.workflowName).toBe('a\ufffdb');
		expect((await letters.accept(newLetter())).letter.trigger).toEqual(payload);
	});
});

describe('time', () => {
	it('names what is due, of each environment the earliest', async () => {
		const scheduled = async (environment: string, minutes: number) =>
			await keep({
				environment,
				state: 'scheduled',
				dedupKey: `${environment} ${minutes}`,
				executionIds: [],
				nextReplayAt: after(minutes * 60_000),
			});
		const [late, early, middle, future, other] = [
			await scheduled('production', -1),
			await scheduled('production', -9),
			await scheduled('production', -5),
			await scheduled('production', 1),
			await scheduled('staging', -2),
		];
		await keep({ dedupKey: 'waits' });
		const names = async (perEnvironment: number) =>
			(await letters.due(noon, perEnvironment)).map(({ id }) => id);
		expect(await names(2)).toEqual([early.id, middle.id, other.id]);
		expect(await names(9)).toEqual([early.id, middle.id, other.id, late.id]);
		expect(await names(9)).not.toContain(future.id);
	});

	it('expires what waits or is scheduled once its time is over, and nothing else', async () => {
		const states = ['waiting', 'scheduled', 'resolved', 'discarded'] as const;
		for (const state of states) {
			await keep({ state, dedupKey: state, executionIds: [], expiresAt: noon });
		}
		const { id } = await keep({ dedupKey: 'replaying', executionIds: [], expiresAt: noon });
		await letters.beginReplay(id, retry, lease('me'));
		const { id: young } = await keep({ dedupKey: 'young', expiresAt: after(1) });
		expect(await letters.expire(noon)).toEqual([{ environment: 'production', letters: 2 }]);
		expect(await letters.expire(noon)).toEqual([]);
		expect((await letters.find(young))?.state).toBe('waiting');
		const expired = await letters.list({ state: 'expired' }, { limit: 9, after: null });
		expect(expired.map(({ dedupKey, nextReplayAt }) => [dedupKey, nextReplayAt])).toEqual([
			['scheduled', null],
			['waiting', null],
		]);
	});
});

describe('reading the executions of letters', () => {
	const uncaptured = async (executionId: string, createdAt = noon) =>
		await keep({ executionId, capturedAt: null, createdAt });

	it('gives each letter out once until its turn comes again, the untouched ones first', async () => {
		const [first, second] = [await uncaptured('1'), await uncaptured('2')];
		await keep({ executionId: '3' });
		const claim = async (now: Date, limit = 9) =>
			(await letters.claimUncaptured('production', now, limit)).map(({ id }) => id);
		expect(await claim(noon, 1)).toEqual([first.id]);
		expect(await claim(noon)).toEqual([second.id]);
		expect(await claim(after(1900))).toEqual([]);
		const third = await uncaptured('4');
		expect(await claim(after(2000), 1)).toEqual([third.id]);
		expect(await claim(after(2000))).toEqual([first.id, second.id]);
		expect(await letters.claimUncaptured('staging', after(9000), 9)).toEqual([]);
	});

	it('asks less and less often, at least each minute', async () => {
		await uncaptured('1', after(-30_000));
		await uncaptured('2', after(-9_000_000));
		const claim = async (ms: number) =>
			(await letters.claimUncaptured('production', after(ms), 9)).map(
				({ executionId }) => executionId,
			);
		expect(await claim(0)).toEqual(['1', '2']);
		expect(await claim(29_000)).toEqual([]);
		expect(await claim(30_000)).toEqual(['1']);
		expect(await claim(60_000)).toEqual(['2']);
	});

	it('gives the same letter to one of ten who ask at once', async () => {
		await uncaptured('1');
		const askers = Array.from({ length: 10 }, () => letters.claimUncaptured('production', noon, 9));
		expect((await Promise.all(askers)).flat()).toHaveLength(1);
	});

	it('adds what was read and leaves what is there', async () => {
		const { id, error } = await keep({
			capturedAt: null,
			trigger: null,
			failedInput: [],
			ran: null,
		});
		const { trigger, failedInput, ran } = newLetter();
		const capture = { workflowName: 'Renamed', error, trigger, failedInput, ran, versionId: null };
		const completion = {
			capture,
			error: { ...error, httpStatus: 503 },
			errorClass: 'transient' as const,
			incident: 'f'.repeat(32),
			capturedAt: after(5),
			scheduleAt: after(60_000),
		};
		await letters.complete(id, completion, after(5));
		const other = { ...capture, trigger: { node: 'Other', items: [] } };
		await letters.complete(id, { ...completion, capture: other, capturedAt: null }, after(6));
		expect(await letters.find(id)).toMatchObject({
			workflowName: 'Orders',
			trigger,
			failedInput,
			ran,
			error: { httpStatus: 503 },
			errorClass: 'transient',
			capturedAt: after(5),
			state: 'scheduled',
			nextReplayAt: after(60_000),
		});
	});

	it('schedules no letter that was replayed or closed meanwhile', async () => {
		const { id, error } = await keep({ capturedAt: null });
		await letters.beginReplay(id, retry, lease('me'));
		await letters.endReplay(id, 1, failure(null, { state: 'waiting' }));
		const capture = { ...newLetter(), error };
		const incident = 'f'.repeat(32);
		const known = { capture, error, incident, capturedAt: noon };
		const completion = { ...known, errorClass: 'transient' as const };
		await letters.complete(id, { ...completion, scheduleAt: noon }, noon);
		expect(await letters.find(id)).toMatchObject({ state: 'waiting', nextReplayAt: null });
	});
});

describe('moving and counting', () => {
	it('moves a letter only from the states named, and adds the reason to its note', async () => {
		const { id } = await keep({ note: 'VIP', state: 'scheduled', nextReplayAt: noon });
		expect(await letters.move(id, ['waiting'], 'discarded', 'no', noon)).toBeNull();
		expect(
			await letters.move(id, ['waiting', 'scheduled'], 'discarded', 'a test\u0000', after(1)),
		).toMatchObject({ state: 'discarded', note: 'VIP\na test\ufffd', nextReplayAt: null });
	});

	it('counts letters by environment, class and state', async () => {
		await keep();
		await keep({ executionId: '42' });
		await keep({ environment: 'staging', errorClass: 'bug' });
		expect(await letters.count()).toEqual(
			expect.arrayContaining([
				{ environment: 'production', errorClass: 'unknown', state: 'waiting', letters: 2 },
				{ environment: 'staging', errorClass: 'bug', state: 'waiting', letters: 1 },
			]),
		);
	});
});
