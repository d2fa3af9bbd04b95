import type { ExecutionDetail } from '../../../sidecar/engines/port/execution';
import { followFailures } from '../../../sidecar/executions/follow-failures';
import type { FollowPosition } from '../../../sidecar/executions/follow-position';
import {
	execution,
	fakeEngine,
	refusal,
	type FakeEngine,
} from '../../support/dead-letters/fake-engine';
import { after, noon } from '../../support/dead-letters/letters';
import { movingClock, type MovingClock } from '../../support/moving-clock';

let engine: FakeEngine;
let clock: MovingClock;
let saved: (FollowPosition & { lookedAt: Date }) | null;
let kept: string[];
let troubled: string[];
let seen: Set<string>;
let onFailure: (execution: ExecutionDetail) => Promise<'done' | 'later'>;

beforeEach(() => {
	engine = fakeEngine();
	clock = movingClock(noon.toISOString());
	saved = null;
	kept = [];
	troubled = [];
	seen = new Set();
	onFailure = async () => 'done';
});

const look = async (baseUrl = 'http://n8n') => {
	const ports = {
		clock,
		positions: {
			load: async () => saved,
			save: async (_: string, position: FollowPosition, at: Date) => {
				saved = { ...position, lookedAt: at };
			},
		},
		onFailure: async (failed: ExecutionDetail) => {
			const verdict = await onFailure(failed);
			if (verdict === 'done') kept.push(failed.id);
			return verdict;
		},
		onTrouble: (id: string) => troubled.push(id),
	};
	await followFailures(ports, { name: 'production', baseUrl }, engine, seen);
	clock.pass(5000);
};
const running = (id: string) =>
	execution(id, { status: 'running', failure: null, stoppedAt: null });
const succeeded = (id: string) => execution(id, { status: 'success', failure: null });
const crashed = (id: string) => execution(id, { status: 'crashed' });

it('judges nothing that failed before it came, not even the last few', async () => {
	engine.has(execution('98'), execution('99'), succeeded('100'));
	await look();
	await look();
	engine.has(execution('101'));
	await look();
	expect(kept).toEqual(['101']);
});

it('takes what was running when it came, once that fails', async () => {
	engine.has(running('7'), succeeded('8'));
	await look();
	engine.has(execution('7'));
	await look();
	expect(kept).toEqual(['7']);
});

it('starts with an engine that has run nothing yet', async () => {
	await look();
	engine.has(execution('1'));
	await look();
	expect(kept).toEqual(['1']);
});

it('sees executions that end out of the order they began in', async () => {
	await look();
	engine.has(running('1'), execution('2'), running('3'), execution('4'));
	await look();
	engine.has(execution('3'));
	await look();
	engine.has(execution('1'));
	await look();
	expect(kept).toEqual(['2', '4', '3', '1']);
});

it('keeps an eye on one that waits while thousands of others come and go', async () => {
	await look();
	engine.has(execution('5', { status: 'waiting', failure: null }));
	await look();
	for (let id = 1000; id < 1300; id += 1) engine.has(succeeded(String(id)));
	await look();
	engine.has(running('5'));
	await look();
	engine.has(execution('5'));
	await look();
	expect(kept).toEqual(['5']);
});

it.each([
	['wakes up', 'waiting', 'running'],
	['falls asleep', 'running', 'waiting'],
] as const)('sees one that %s while it asks what is open', async (_, first, then) => {
	await look();
	engine.asked.length = 0;
	engine.has(execution('5', { status: first, failure: null }));
	for (let id = 100; id < 200; id += 1) engine.has(succeeded(String(id)));
	engine.before = (what) => {
		const isTurn =
			first === 'running'
				? what === 'list running'
				: what === 'list waiting' && engine.asked.includes('list running');
		if (isTurn) engine.has(execution('5', { status: then, failure: null }));
	};
	await look();
	engine.before = () => undefined;
	engine.has(execution('5'));
	await look();
	expect(kept).toEqual(['5']);
});

it('believes a crash only when it is told twice', async () => {
	await look();
	engine.has(crashed('3'));
	await look();
	expect(kept).toEqual([]);
	await look();
	expect(kept).toEqual(['3']);
});

it('forgets a crash that turns out to be none', async () => {
	await look();
	engine.has(crashed('3'));
	await look();
	engine.has(execution('3', { status: 'waiting' }));
	await look();
	engine.has(crashed('3'));
	await look();
	expect(kept).toEqual([]);
	await look();
	expect(kept).toEqual(['3']);
});

it('hands over what was canceled, too, to be judged', async () => {
	await look();
	engine.has(execution('4', { status: 'canceled', failure: null }));
	await look();
	expect(kept).toEqual(['4']);
});

it('asks again for what could not be judged yet', async () => {
	await look();
	engine.has(execution('3'));
	onFailure = async () => 'later';
	await look();
	await look();
	onFailure = async () => 'done';
	await look();
	await look();
	expect(kept).toEqual(['3']);
});

it('hands over each failure once, and reads it once', async () => {
	await look();
	engine.has(execution('1'), execution('2'));
	await look();
	await look();
	await look();
	expect(kept).toEqual(['1', '2']);
	expect(engine.asked.filter((what) => what === 'get 1')).toHaveLength(1);
});

it('saves its position last: killed on the way it sees the same failures again', async () => {
	await look();
	engine.has(execution('1'), execution('2'), execution('3'));
	onFailure = async ({ id }) => {
		if (id === '2') throw refusal('database_unavailable');
		return 'done';
	};
	await expect(look()).rejects.toMatchObject({ code: 'database_unavailable' });
	expect(saved?.floorId).toBe('0');
	seen = new Set();
	onFailure = async () => 'done';
	await look();
	expect(kept).toEqual(['1', '1', '2', '3']);
});

it('looks again at the last few ids, which may become visible late', async () => {
	await look();
	for (let id = 1; id <= 200; id += 1) if (id !== 160) engine.has(succeeded(String(id)));
	await look();
	engine.has(execution('160'));
	await look();
	expect(kept).toEqual(['160']);
});

it('counts beyond what a double can tell apart', async () => {
	engine.has(succeeded('9007199254740992'));
	await look();
	engine.has(execution('9007199254740993'), execution('9007199254740994'));
	await look();
	expect(kept).toEqual(['9007199254740993', '9007199254740994']);
	expect(saved?.floorId).toBe('9007199254740994');
});

it('goes on with the others when one cannot be read, and comes back to it', async () => {
	await look();
	engine.has(execution('1'), execution('2'));
	engine.before = (what) => {
		if (what === 'get 1') throw refusal('engine_bad_response');
	};
	await look();
	engine.has(execution('3'));
	await look();
	expect(kept).toEqual(['2', '3']);
	expect(troubled).toEqual(['1', '1']);
	engine.before = () => undefined;
	await look();
	expect(kept).toEqual(['2', '3', '1']);
});

it('stops and stays where it is when the engine is away', async () => {
	await look();
	engine.has(execution('1'), execution('2'));
	engine.before = (what) => {
		if (what === 'get 2') throw refusal('engine_unreachable');
	};
	await expect(look()).rejects.toMatchObject({ code: 'engine_unreachable' });
	engine.before = () => undefined;
	await look();
	expect(kept).toEqual(['1', '2']);
});

it('drops what the engine has forgotten', async () => {
	engine.has(running('1'));
	await look();
	engine = fakeEngine();
	await look();
	expect(saved?.open).toEqual([]);
});

describe('an instance that was set up anew', () => {
	it('is followed from its first execution on, though its ids were seen before', async () => {
		await look();
		engine.has(...Array.from({ length: 30 }, (_, at) => execution(String(at + 1))));
		await look();
		engine = fakeEngine();
		const startedAt = after(8000).toISOString();
		engine.has(execution('1', { startedAt }), execution('2', { startedAt }));
		kept = [];
		await look();
		engine.has(execution('3', { startedAt }));
		await look();
		expect(kept).toEqual(['1', '2', '3']);
	});

	it('at another address brings no failures from before along', async () => {
		engine.has(succeeded('10'));
		await look();
		engine = fakeEngine();
		engine.has(
			execution('5000', { startedAt: after(-86_400_000).toISOString() }),
			execution('5001', { startedAt: after(-61_000).toISOString() }),
			execution('5002', { startedAt: after(1000).toISOString() }),
		);
		await look('http://other');
		await look('http://other');
		engine.has(execution('5003', { startedAt: after(9000).toISOString() }));
		await look('http://other');
		expect(kept).toEqual(['5002', '5003']);
	});
});

describe('an engine whose ids do not grow', () => {
	const minutes = 60_000;
	let asked: Date[];

	beforeEach(() => {
		asked = [];
		const { list } = engine.executions;
		engine.executions.changedSince = async (since) => {
			asked.push(since);
			const all = await list({});
			return all.filter(({ stoppedAt }) => stoppedAt !== null && new Date(stoppedAt) >= since);
		};
	});

	const failsNow = (id: string, { behindMs }: { behindMs: number }) => {
		const stoppedAt = new Date(clock.now().getTime() - behindMs).toISOString();
		engine.has(execution(id, { startedAt: stoppedAt, stoppedAt }));
	};

	it('has nothing missed though its clock is ten minutes behind', async () => {
		await look();
		clock.pass(20 * minutes);
		await look();
		failsNow('1', { behindMs: 10 * minutes });
		await look();
		failsNow('2', { behindMs: 10 * minutes });
		await look();
		expect(kept).toEqual(['1', '2']);
	});

	it('is asked for no more than the last minute before what it told last', async () => {
		await look();
		clock.pass(5 * minutes);
		failsNow('1', { behindMs: 0 });
		const toldAt = clock.now().getTime();
		await look();
		await look();
		expect(asked.at(-1)?.getTime()).toBe(toldAt - minutes);
	});

	it('is asked for no more than an hour where nothing has run for longer', async () => {
		await look();
		clock.pass(300 * minutes);
		await look();
		const lookedAt = clock.now().getTime();
		await look();
		expect(asked.at(-1)?.getTime()).toBe(lookedAt - 5_000 - 61 * minutes);
	});
});
