import type { LostWork } from '../../../sidecar/executions/dispatch-ports';
import type { Status } from '../../../sidecar/executions/execution';
import type { ExecutionStep } from '../../../sidecar/executions/execution-store';
import { lookAfter } from '../../../sidecar/executions/look-after';
import {
	execution,
	fakeEngine,
	refusal,
	type FakeEngine,
} from '../../support/dead-letters/fake-engine';
import {
	claimOf,
	engineExecutionId as id,
	lookPorts,
	traceparent,
} from '../../support/executions/look-room';
import { movingClock, type MovingClock } from '../../support/moving-clock';

let engine: FakeEngine;
let clock: MovingClock;
let steps: ExecutionStep[];
let letters: LostWork[];

beforeEach(() => {
	[engine, clock, steps, letters] = [fakeEngine(), movingClock(), [], []];
});

const day = 86_400_000;
const look = async (status: Status) => {
	const ports = lookPorts({
		clock,
		engine,
		keepLetter: async (lost) => String(letters.push(lost)),
		onStep: (step) => void steps.push(step),
	});
	await lookAfter(ports, claimOf(status, clock.now().getTime() - day));
	return steps.at(-1);
};
const inN8n = (status: 'waiting' | 'crashed', trace = traceparent) => {
	engine.has(execution(id, { status, traceparent: trace }));
};

it('finds one by its id, where a search would no longer come across it', async () => {
	engine.executions.findCall = async () => null;
	inN8n('waiting');
	expect(await look('waiting')).toMatchObject({ to: 'followed', status: 'waiting' });
	expect(letters).toEqual([]);
});

it('takes no other execution for it that has got its id in an instance set up anew', async () => {
	inN8n('waiting', 'trace of a stranger');
	expect(await look('waiting')).toMatchObject({ to: 'failed', outcome: 'lost' });
});

it('believes a crash of one that waited only when it is told twice', async () => {
	inN8n('crashed');
	expect(await look('waiting')).toMatchObject({ to: 'followed', status: 'running' });
	inN8n('waiting');
	expect(await look('running')).toMatchObject({ to: 'followed', status: 'waiting' });
	expect(letters).toEqual([]);
	inN8n('crashed');
	await look('waiting');
	expect(await look('running')).toMatchObject({ to: 'failed', outcome: 'crashed' });
	expect(letters).toMatchObject([{ items: [{ json: { body: { order: 7 } } }] }]);
});

it('asks again when the engine goes away before it has told all of a crash', async () => {
	inN8n('crashed');
	const { get } = engine.executions;
	engine.executions.glance = get;
	engine.executions.get = async () => await Promise.reject(refusal('engine_unreachable'));
	expect(await look('running')).toMatchObject({ to: 'followed', status: 'running' });
	expect(letters).toEqual([]);
	engine.executions.get = get;
	expect(await look('running')).toMatchObject({ to: 'failed', outcome: 'crashed' });
});

it('calls crashed what crashed, though the engine has not kept it', async () => {
	inN8n('crashed');
	engine.executions.glance = engine.executions.get;
	engine.executions.get = async () => await Promise.reject(refusal('execution_not_found'));
	expect(await look('running')).toMatchObject({ to: 'failed', outcome: 'crashed' });
});

it('concludes without what the engine cannot show of a crash', async () => {
	inN8n('crashed');
	engine.executions.glance = engine.executions.get;
	engine.executions.get = async () => await Promise.reject(refusal('engine_bad_response'));
	expect(await look('running')).toMatchObject({ to: 'failed', outcome: 'crashed' });
});

it('calls nothing lost while the engine is away', async () => {
	engine.before = (what) => {
		if (what === 'plan') throw refusal('engine_unreachable');
	};
	expect(await look('in-doubt')).toMatchObject({ to: 'followed', status: 'in-doubt' });
	engine.before = () => undefined;
	expect(await look('in-doubt')).toMatchObject({ to: 'failed', outcome: 'lost' });
});

it('keeps all that was sent of one that the engine has forgotten', async () => {
	expect(await look('running')).toMatchObject({ to: 'failed', outcome: 'lost' });
	expect(letters).toMatchObject([
		{ failure: { error: { name: 'LostTrace' } }, items: [{ json: { body: { order: 7 } } }] },
	]);
});
