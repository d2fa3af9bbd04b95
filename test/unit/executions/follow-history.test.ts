import { followHistory } from '../../../sidecar/executions/follow-history';
import type { HistoryStore, Provisional } from '../../../sidecar/executions/history-store';
import { standingOf } from '../../../sidecar/executions/observed';
import { workflowNames } from '../../../sidecar/executions/workflow-names';
import { execution, fakeEngine } from '../../support/dead-letters/fake-engine';
import { movingClock } from '../../support/moving-clock';

it('calls over what the engine calls over, and nothing else', () => {
	expect(standingOf('success')).toEqual({ status: 'succeeded', outcome: 'success' });
	expect(standingOf('error')).toEqual({ status: 'failed', outcome: 'error' });
	expect(standingOf('crashed')).toEqual({ status: 'failed', outcome: 'crashed' });
	expect(standingOf('canceled')).toEqual({ status: 'canceled', outcome: 'canceled' });
	expect(standingOf('waiting')).toEqual({ status: 'waiting', outcome: null });
	for (const status of ['new', 'running', 'unknown'] as const) {
		expect(standingOf(status)).toEqual({ status: 'running', outcome: null });
	}
});

it('learns all names with one question, and asks for an unknown one once a minute', async () => {
	let asked = 0;
	const named = [{ id: 'a', name: 'A' }];
	const engine = {
		...fakeEngine(),
		definitions: {
			list: async () => {
				asked += 1;
				return named;
			},
		},
	} as unknown as ReturnType<typeof fakeEngine>;
	const clock = movingClock();
	const nameOf = workflowNames(clock);
	expect(await nameOf('dev', 'a', engine)).toBe('A');
	expect(await nameOf('dev', 'a', engine)).toBe('A');
	expect(await nameOf('dev', 'b', engine)).toBeNull();
	expect(asked).toBe(1);
	named.push({ id: 'b', name: 'B' });
	clock.pass(60_000);
	expect(await nameOf('dev', 'b', engine)).toBe('B');
	expect(asked).toBe(2);
});

describe('telling runs of ours from the others', () => {
	const runs = Array.from({ length: 10 }, (_, nth) => run(String(nth + 1)));

	it('reads them one by one while the engine answers at once', async () => {
		expect(await sortedOutInOneRound(runs, 10)).toBe(10);
	});

	it('leaves a busy engine in peace after a quarter of a second, and never does nothing', async () => {
		expect(await sortedOutInOneRound(runs, 100)).toBe(3);
		expect(await sortedOutInOneRound(runs, 3_000)).toBe(1);
	});
});

function run(engineExecutionId: string): Provisional {
	return { id: `ours-${engineExecutionId}`, workflowId: 'orders', engineExecutionId, mode: null };
}

it('gives what came last the last id, by which lists are ordered', async () => {
	const engine = fakeEngine();
	engine.has(execution('7'), execution('8'), execution('9'));
	const seen: Array<[string, string]> = [];
	await followOnce(engine, movingClock(), {
		observe: async (_, observed) => {
			seen.push(...observed.map((one): [string, string] => [one.engineExecutionId, one.id]));
		},
		provisional: async () => [],
	});
	expect(seen).toEqual([
		['7', 'new 1'],
		['8', 'new 2'],
		['9', 'new 3'],
	]);
});

async function sortedOutInOneRound(unknown: Provisional[], answersInMs: number): Promise<number> {
	const clock = movingClock();
	const engine = fakeEngine();
	engine.has(...unknown.map(({ engineExecutionId }) => execution(engineExecutionId)));
	engine.before = (what) => {
		if (what.startsWith('get')) clock.pass(answersInMs);
	};
	const revealed: string[] = [];
	await followOnce(engine, clock, {
		observe: async () => undefined,
		provisional: async () => unknown,
		claimForOurs: async () => false,
		reveal: async (id) => {
			revealed.push(id);
		},
	});
	return revealed.length;
}

async function followOnce(
	engine: ReturnType<typeof fakeEngine>,
	clock: ReturnType<typeof movingClock>,
	own: Partial<HistoryStore>,
): Promise<void> {
	const history: Partial<HistoryStore> = {
		loadPosition: async () => ({
			source: 'n8n',
			startId: '0',
			floorId: '0',
			lookedAt: clock.now(),
		}),
		savePosition: async () => undefined,
		open: async () => [],
		unexamined: async () => [],
		settleProvisional: async () => undefined,
		...own,
	};
	let ids = 0;
	await followHistory(
		{
			history: history as HistoryStore,
			clock,
			newId: () => `new ${(ids += 1)}`,
			nameOf: async () => null,
			versionThatRan: async () => null,
		},
		{ name: 'dev', baseUrl: 'n8n' },
		engine,
		() => undefined,
	);
}
