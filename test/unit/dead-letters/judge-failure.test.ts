import { judgeFailure } from '../../../sidecar/dead-letters/judge-failure';
import type { ExecutionDetail, ExecutionStatus } from '../../../sidecar/engines/port/execution';
import { execution, fakeEngine } from '../../support/dead-letters/fake-engine';
import { after } from '../../support/dead-letters/letters';

const verdictOn = async (failed: ExecutionDetail, ...others: ExecutionDetail[]) => {
	const engine = fakeEngine();
	engine.has(failed, ...others);
	return await judgeFailure(engine, failed);
};
const child = (given: Partial<ExecutionDetail> = {}) =>
	execution('12', {
		workflowId: 'receipt',
		mode: 'integrated',
		parent: { executionId: '11', workflowId: 'orders' },
		...given,
	});
const parent = (status: ExecutionStatus, given: Partial<ExecutionDetail> = {}) =>
	execution('11', { status, ...given });

it.each(['webhook', 'trigger', 'retry', 'error', 'cli'])(
	'takes a failed %s run for lost',
	async (mode) => {
		expect(await verdictOn(execution('11', { mode }))).toEqual({ verdict: 'lost' });
	},
);

it.each(['manual', 'evaluation'])('leaves out a %s run', async (mode) => {
	expect(await verdictOn(execution('11', { mode }))).toMatchObject({ verdict: 'covered' });
});

it('leaves out runs of the sidecar itself', async () => {
	expect(await verdictOn(execution('11', { workflowId: 'runner' }))).toMatchObject({
		verdict: 'covered',
	});
});

it('leaves out a redelivery, which its letter knows of', async () => {
	const redelivery = child({ parent: { executionId: '11', workflowId: 'runner' } });
	expect(await verdictOn(redelivery)).toMatchObject({ verdict: 'covered' });
});

it('leaves a sub-workflow to the letter of a caller that failed, and names it', async () => {
	expect(await verdictOn(child(), parent('error'))).toMatchObject({ verdict: 'covered', by: '11' });
	expect(await verdictOn(child(), parent('crashed'))).toMatchObject({ by: '11' });
});

it('leaves out a sub-workflow whose caller handled the error', async () => {
	const judgement = await verdictOn(child(), parent('success'));
	expect(judgement).toMatchObject({ verdict: 'covered' });
	expect(judgement).not.toHaveProperty('by');
});

it.each(['new', 'running', 'waiting'] as const)('waits for a caller that is %s', async (status) => {
	expect(await verdictOn(child(), parent(status))).toEqual({ verdict: 'undecided' });
});

it.each(['running', 'success', 'error'] as const)(
	'takes a sub-workflow that its caller (%s) did not wait for for lost',
	async (status) => {
		const detached = parent(status, { detachedCalls: ['receipt'] });
		expect(await verdictOn(child(), detached)).toEqual({ verdict: 'lost' });
	},
);

it('leaves out a sub-workflow called from a run by hand, waited for or not', async () => {
	const byHand = parent('error', { mode: 'manual', detachedCalls: ['receipt'] });
	const judgement = await verdictOn(child(), byHand);
	expect(judgement).toMatchObject({ verdict: 'covered' });
	expect(judgement).not.toHaveProperty('by');
});

it('takes a sub-workflow whose caller the engine has forgotten for lost', async () => {
	expect(await verdictOn(child())).toEqual({ verdict: 'lost' });
});

describe('a canceled run', () => {
	const canceled = (stoppedAfterMs: number, settings: Record<string, unknown>) =>
		execution('11', {
			status: 'canceled',
			failure: null,
			stoppedAt: after(stoppedAfterMs).toISOString(),
			ran: { name: 'Orders', nodes: [], connections: {}, settings },
		});

	it('is lost when it took longer than its settings allow', async () => {
		expect(await verdictOn(canceled(5008, { executionTimeout: 5 }))).toEqual({ verdict: 'lost' });
	});

	it.each([
		['no time limit', canceled(50_000, {})],
		['a time limit switched off', canceled(50_000, { executionTimeout: -1 })],
		['time left', canceled(4000, { executionTimeout: 5 })],
	])('was stopped by hand when it had %s', async (_, stopped) => {
		expect(await verdictOn(stopped)).toEqual({
			verdict: 'covered',
			reason: 'It was stopped by hand.',
		});
	});
});

it('passes on that the engine cannot be asked', async () => {
	const engine = fakeEngine();
	engine.before = () => {
		throw new Error('away');
	};
	await expect(judgeFailure(engine, child())).rejects.toThrow('away');
});
