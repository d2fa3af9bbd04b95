import type { AlertRule } from '../../../sidecar/alerts/alert-rule';
import { observe } from '../../../sidecar/alerts/observe';
import type { AlertSignals, WorkflowFigures } from '../../../sidecar/alerts/signals';

const now = new Date('2031-04-01T12:00:00.000Z');
const orders = (change: Partial<WorkflowFigures>): WorkflowFigures => ({
	environment: 'production',
	workflow: 'wf-1',
	name: 'Orders',
	finished: 40,
	failed: 0,
	p95Ms: 1_000,
	...change,
});

const signals = (change: Partial<AlertSignals> = {}): AlertSignals => ({
	executions: async () => await Promise.resolve([]),
	lastSuccess: async () => await Promise.resolve(null),
	waitingLetters: async () => await Promise.resolve([]),
	openCircuits: async () => await Promise.resolve([]),
	drift: async () => await Promise.resolve([]),
	brokenLaws: async () => await Promise.resolve([]),
	backlog: async () => await Promise.resolve([]),
	expiredLetters: async () => await Promise.resolve([]),
	longRunning: async () => await Promise.resolve([]),
	overdueWaits: async () => await Promise.resolve([]),
	missingWebhooks: async () => await Promise.resolve([]),
	unpublished: async () => await Promise.resolve([]),
	...change,
});

const found = async (
	condition: AlertRule['condition'],
	given: Partial<AlertSignals>,
	scope: Partial<AlertRule> = {},
) => {
	const rule = { condition, environment: null, workflow: null, ...scope } as AlertRule;
	return await observe(signals(given), rule, now);
};
const summaries = async (...asked: Parameters<typeof found>) =>
	(await found(...asked)).map(({ summary }) => summary);

describe('a failure rate', () => {
	const condition = { kind: 'failure-rate', windowMs: 900_000, above: 0.1, minimum: 20 } as const;

	it('is told by workflow, above the limit, never at it', async () => {
		const executions = async () =>
			await Promise.resolve([
				orders({ failed: 5 }),
				orders({ workflow: 'wf-2', failed: 4 }),
				orders({ workflow: 'wf-3', finished: 19, failed: 19 }),
			]);
		expect(await found(condition, { executions })).toEqual([
			{
				cause: 'production/wf-1',
				environment: 'production',
				summary: '5 of 40 executions of Orders in production failed in 15 min; allowed are 10 %.',
			},
		]);
	});
});

it('a slow workflow is told with how slow it is', async () => {
	const executions = async () => await Promise.resolve([orders({ p95Ms: 61_200 }), orders({})]);
	expect(
		await summaries({ kind: 'too-slow', windowMs: 1, aboveMs: 60_000, minimum: 1 }, { executions }),
	).toEqual([
		'5 in 100 executions of Orders in production take longer than 61.2 s; allowed are 60 s.',
	]);
});

describe('a workflow that does not run', () => {
	const condition = { kind: 'no-run-since', ms: 7_200_000 } as const;
	const scope = { environment: 'production', workflow: 'wf-1' };
	const last = (ms: number) => ({
		lastSuccess: async () => await Promise.resolve(new Date(now.getTime() - ms)),
	});

	it('is told when its last success is too long ago, or there was none', async () => {
		expect(await found(condition, last(7_200_000), scope)).toEqual([]);
		expect(await summaries(condition, last(7_200_001), scope)).toEqual([
			'wf-1 in production has not succeeded since 2031-04-01T09:59:59.999Z; expected within 2 h.',
		]);
		expect(await summaries(condition, {}, scope)).toEqual([
			'wf-1 in production has not succeeded that we know of; expected within 2 h.',
		]);
	});
});

it('letters, circuits, drift, a broken law and a backlog are told each by its cause', async () => {
	const given: Partial<AlertSignals> = {
		waitingLetters: async () =>
			await Promise.resolve([
				{ environment: 'dev', count: 3 },
				{ environment: 'production', count: 2 },
			]),
		openCircuits: async () => await Promise.resolve(['crm-api', 'mail']),
		drift: async () => await Promise.resolve([{ environment: 'production', findings: 4 }]),
		brokenLaws: async () => await Promise.resolve([{ work: 'executions', missing: 1, named: [] }]),
		backlog: async () =>
			await Promise.resolve([
				{ work: 'deliveries', ms: 61_000 },
				{ work: 'replays', ms: 59_000 },
			]),
	};
	const causes = async (condition: AlertRule['condition']) =>
		(await found(condition, given)).map(({ cause }) => cause);
	expect(await causes({ kind: 'dead-letters', above: 2 })).toEqual(['dev']);
	expect(await causes({ kind: 'circuit-open', key: '*' })).toEqual(['crm-api', 'mail']);
	expect(await causes({ kind: 'circuit-open', key: 'crm-*' })).toEqual(['crm-api']);
	expect(await causes({ kind: 'drift' })).toEqual(['production']);
	expect(await causes({ kind: 'law-broken' })).toEqual(['executions']);
	expect(await causes({ kind: 'backlog', aboveMs: 60_000 })).toEqual(['deliveries']);
});

const named = { environment: 'production', workflow: 'wf-1', name: 'Orders' };

it('expired letters are told by environment, above what is allowed', async () => {
	const expiredLetters = async () =>
		await Promise.resolve([
			{ environment: 'production', count: 3 },
			{ environment: 'staging', count: 2 },
		]);
	expect(
		await summaries({ kind: 'expired-letters', windowMs: 3_600_000, above: 2 }, { expiredLetters }),
	).toEqual(['3 dead letters of production expired within 60 min; they are in the archive.']);
});

it('runs that do not end and waits that are over are causes of their own', async () => {
	const longRunning = async () => await Promise.resolve([{ ...named, runs: 2, oldest: '7' }]);
	const overdueWaits = async () => await Promise.resolve([{ ...named, runs: 1, oldest: null }]);
	const condition = { kind: 'stuck', runningMs: 3_600_000, overdueMs: 300_000 } as const;
	expect(await found(condition, { longRunning, overdueWaits })).toEqual([
		{
			cause: 'production/wf-1/running',
			environment: 'production',
			summary:
				'2 executions of Orders in production have been running for more than 60 min. The oldest is execution 7.',
		},
		{
			cause: 'production/wf-1/waiting',
			environment: 'production',
			summary: '1 executions of Orders in production have been waiting more than 5 min too long.',
		},
	]);
});

it('a webhook that is gone is told with its address, and what went out of service with since when', async () => {
	const missingWebhooks = async () =>
		await Promise.resolve([{ ...named, method: 'POST', path: 'orders' }]);
	const unpublished = async () => await Promise.resolve([{ ...named, since: now }]);
	expect(await found({ kind: 'webhook-gone' }, { missingWebhooks })).toMatchObject([
		{
			cause: 'production/POST orders',
			summary: expect.stringContaining('callers get 404') as string,
		},
	]);
	expect(await found({ kind: 'unpublished', withinMs: 1 }, { unpublished })).toMatchObject([
		{
			cause: 'production/wf-1',
			summary: expect.stringContaining('2031-04-01T12:00:00.000Z') as string,
		},
	]);
});
