import { composeHistory } from '../../../sidecar/compose/history';
import {
	type FollowDependencies,
	followEnvironments,
} from '../../../sidecar/jobs/follow-environments';
import type { Job } from '../../../sidecar/jobs/job';
import type { Log } from '../../../sidecar/monitoring/log';
import { createFollowStore } from '../../../sidecar/storage/follow-store';
import { createHistoryStore } from '../../../sidecar/storage/history-store';
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
