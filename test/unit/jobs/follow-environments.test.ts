import { composeHistory } from '../../../sidecar/compose/history';
import {
	type FollowDependencies,
	followEnvironments,
} from '../../../sidecar/jobs/follow-environments';
import type { Job } from '../../../sidecar/jobs/job';
import type { Log } from '../../../sidecar/monitoring/log';
import { createFollowStore } from '../../../sidecar/storage/follow-store';
import { createHistoryStore } from '../../../sidecar/storage/history-store';
import { createTriggerCopies } from '../../../sidecar/storage/trigger-copies';
import { execution, refusal, type FakeEngine } from '../../support/dead-letters/fake-engine';
import { until } from '../../support/n8n/until';
import { replayRoom, type ReplayRoom } from '../../support/dead-letters/replay-room';

let room: ReplayRoom;
let job: Job;
let history: FollowDependencies['history'];
let told: Array<{ level: string; environment?: string; executionId?: string }>;

beforeAll(async () => {
	room = await replayRoom('production', 'staging');
});

afterAll(async () => {
	await room.database.drop();
});

beforeEach(async () => {
	await room.empty();
	await room.database.pool.query('delete from follow_positions');
	await room.database.pool.query('delete from history_positions');
	await room.database.pool.query('delete from executions');
	told = [];
	const note = (level: string) => (facts: object) => told.push({ level, ...facts });
	history = composeHistory({ ...room.ports, history: createHistoryStore(room.database.pool) });
	job = followEnvironments({
		...room.ports,
		environments: async () => [...room.environments.values()],
		positions: createFollowStore(room.database.pool),
		copies: createTriggerCopies(room.database.pool),
		history,
		log: { info: note('info'), warn: note('warn'), error: note('error') } as unknown as Log,
		everySeconds: 5,
	});
	await job.run();
});

const engineOf = (name: string) => room.engines.get(name) as FakeEngine;
const kept = async () => {
	const letters = await room.ports.letters.list({}, { limit: 99, after: null });
	return letters.map(({ environment, executionId }) => `${environment} ${executionId ?? '?'}`);
};
const away = () => {
	throw refusal('engine_unreachable');
};

it('keeps failures of every environment', async () => {
	engineOf('production').has(execution('1'));
	engineOf('staging').has(execution('1'), execution('2'));
	await job.run();
	expect((await kept()).sort()).toEqual(['production 1', 'staging 1', 'staging 2']);
});

it('has in the history whatever it has a letter of, also when it failed after the history was listed', async () => {
	const production = engineOf('production');
	production.before = (what) => {
		if (what === 'list error') production.has(execution('1'));
	};
	await job.run();
	production.before = () => undefined;
	expect(await kept()).toEqual(['production 1']);
	const { rows } = await room.database.pool.query(
		`select engine_execution_id, status, error->>'message' as message from executions`,
	);
	expect(rows).toMatchObject([
		{ engine_execution_id: '1', status: 'failed', message: expect.stringMatching(/./) },
	]);
});

it('keeps the letter all the same when the history cannot keep the execution', async () => {
	const trouble = new Error('no place');
	Object.assign(history ?? {}, { keepFailed: async () => await Promise.reject(trouble) });
	engineOf('production').has(execution('1'));
	await job.run();
	expect(await kept()).toEqual(['production 1']);
	expect(told).toMatchObject([{ level: 'error', executionId: '1', err: trouble }]);
});

it('does not follow an environment that does not want it, but completes its letters', async () => {
	const environment = room.environments.get('staging');
	if (!environment) throw new Error('no staging');
	const { deadLetters } = environment;
	environment.deadLetters = { ...deadLetters, follow: false };
	engineOf('staging').has(execution('1'));
	await job.run();
	environment.deadLetters = deadLetters;
	expect(await kept()).toEqual([]);
});

it('tells once that an environment is away, goes on with the others, and tells when it is back', async () => {
	engineOf('staging').before = away;
	engineOf('production').has(execution('1'));
	for (let round = 0; round < 3; round += 1) await job.run();
	expect(await kept()).toEqual(['production 1']);
	expect(told).toMatchObject([{ level: 'warn', environment: 'staging' }]);
	engineOf('staging').before = () => undefined;
	engineOf('staging').has(execution('7'));
	await job.run();
	expect(await kept()).toEqual(['staging 7', 'production 1']);
	expect(told).toHaveLength(2);
});

it('does not wait for an environment that hangs, nor look at it twice at once', async () => {
	const hanging = Promise.withResolvers<void>();
	const staging = engineOf('staging');
	const { list } = staging.executions;
	let looks = 0;
	staging.executions.list = async (query) => {
		looks += 1;
		await hanging.promise;
		return await list(query);
	};
	const round = async () => {
		const over = job.run();
		const isOver = over.then(() => true);
		while (!(await Promise.race([isOver, new Promise((next) => setImmediate(next))]))) {
			room.ports.clock.pass(1000);
		}
	};
	for (const id of ['1', '2']) {
		engineOf('production').has(execution(id));
		await until(`execution ${id} to be kept`, async () => {
			await round();
			return (await kept()).includes(`production ${id}`) || undefined;
		});
	}
	expect(looks).toBe(1);
	staging.has(execution('5'));
	hanging.resolve();
	await job.run();
	await job.run();
	expect(await kept()).toContain('staging 5');
});

it('tells once of an execution that cannot be kept, and keeps it as soon as it can', async () => {
	const production = engineOf('production');
	production.has(execution('1'), execution('2'));
	production.before = (what) => {
		if (what === 'get 1') throw refusal('engine_bad_response');
	};
	for (let round = 0; round < 3; round += 1) await job.run();
	expect(told).toMatchObject([{ level: 'error', environment: 'production', executionId: '1' }]);
	production.has(execution('3'));
	await job.run();
	expect((await kept()).sort()).toEqual(['production 2', 'production 3']);
	production.before = () => undefined;
	await job.run();
	expect((await kept()).sort()).toEqual(['production 1', 'production 2', 'production 3']);
});

describe('where many are under way', () => {
	/** Rounds come every five seconds. */
	const looksInAMinute = async (open: number) => {
		const production = engineOf('production');
		production.has(
			...Array.from({ length: open }, (_, nth) => execution(`${nth + 1}`, { status: 'waiting' })),
		);
		production.asked.length = 0;
		for (let second = 0; second < 60; second += 5) {
			room.ports.clock.pass(5_000);
			await job.run();
		}
		return production.asked.filter((what) => what === 'list waiting').length;
	};

	it.each([
		[3, 12],
		[1_000, 6],
		[5_000, 4],
	])('%d of them: looks %d times a minute', async (open, looks) => {
		expect(await looksInAMinute(open)).toBe(looks);
	});
});

describe('what runs for long', () => {
	const trigger = { node: 'Webhook', items: [{ json: { order: 7, text: 'U+0000 is \0' } }] };
	const running = (id: string) =>
		execution(id, { status: 'running', failure: null, stoppedAt: null, trigger });
	const passes = async (seconds: number) => {
		await room.database.pool.query(
			`update follow_open set seen_at = follow_open.seen_at - $1 * interval '1 second'`,
			[seconds],
		);
	};
	const look = async () => {
		room.ports.clock.pass(1_000);
		await job.run();
	};
	const triggerOfLetter = async () => {
		const [letter] = await room.ports.letters.list({}, { limit: 99, after: null });
		return (await room.ports.letters.find(letter?.id ?? ''))?.trigger;
	};
	const reads = (id: string) =>
		engineOf('production').asked.filter((asked) => asked === `get ${id}`).length;

	it('has what started it in its letter, though the engine drops that when it dies', async () => {
		engineOf('production').has(running('7'));
		await look();
		await passes(5);
		await look();
		engineOf('production').has(execution('7', { status: 'crashed', trigger: null }));
		await look();
		await look();
		expect(await kept()).toEqual(['production 7']);
		expect(await triggerOfLetter()).toEqual(trigger);
	});

	it('is read once for that, and not before it has run for five seconds', async () => {
		engineOf('production').has(running('7'));
		await look();
		await passes(4);
		await look();
		expect(reads('7')).toBe(0);
		await passes(1);
		await look();
		await look();
		expect(reads('7')).toBe(1);
	});

	it('is read once even where nothing tells what started it', async () => {
		engineOf('production').has({ ...running('7'), trigger: null });
		await look();
		await passes(5);
		await look();
		await look();
		expect(reads('7')).toBe(1);
	});

	it('is not kept any more once it is over', async () => {
		engineOf('production').has(running('7'));
		await look();
		await passes(5);
		await look();
		engineOf('production').has(execution('7', { status: 'success', failure: null }));
		await look();
		const { rows } = await room.database.pool.query('select from follow_open');
		expect(rows).toEqual([]);
	});

	it('is the letter it would be where the engine still has what started it', async () => {
		engineOf('production').has(running('7'));
		await look();
		await passes(5);
		await look();
		const told = { node: 'Webhook', items: [{ json: { order: 8 } }] };
		engineOf('production').has(execution('7', { status: 'crashed', trigger: told }));
		await look();
		await look();
		expect(await triggerOfLetter()).toEqual(told);
	});

	it('is not mixed up with one of the same id in an instance that was set up anew', async () => {
		engineOf('production').has(running('7'));
		await look();
		await passes(5);
		await look();
		const other = { workflowId: 'of-the-new-one', status: 'crashed', trigger: null } as const;
		engineOf('production').has(execution('7', other));
		await look();
		await look();
		expect(await triggerOfLetter()).toBeNull();
	});

	it('holds nothing up where it cannot be read', async () => {
		engineOf('production').has(running('7'), running('8'));
		await look();
		await passes(5);
		engineOf('production').before = (asked) => {
			if (asked === 'get 7') throw refusal('engine_bad_response');
		};
		await look();
		expect(reads('8')).toBe(1);
	});
});
