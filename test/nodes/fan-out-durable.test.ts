import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { ChildResult, Join, JoinRequest } from '../../sidecar/contract/joins';
import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, EXECUTION_ID, resumeChain, runChain } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';
import { wakeChain } from './support/wake';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

const orders = (count: number): INodeExecutionData[] =>
	Array.from({ length: count }, (_, id) => ({ json: { id } }));

function chainOf(
	items: INodeExecutionData[],
	{ options = {}, onError, baseUrl, ...parameters }: Record<string, unknown> = {},
): Chain {
	return {
		nodes: [
			{ name: 'Webhook', type: 'test.trigger' },
			{
				name: 'Fan Out',
				type: 'pack.fanOut',
				parameters: {
					mode: 'durable',
					workflowId: { __rl: true, mode: 'id', value: 'child' },
					options: options as never,
					...parameters,
				},
				...(onError ? { onError: onError as 'continueErrorOutput' } : {}),
			},
		],
		items,
		baseUrl: (baseUrl as string | undefined) ?? sidecar.url,
	};
}

const succeeded = (index: number, ...items: IDataObject[]): ChildResult => ({
	index,
	state: 'succeeded',
	executionId: `child-${index}`,
	attempts: 1,
	items: items.map((json) => ({ json })),
	error: null,
});
const failed = (index: number, message: string): ChildResult => ({
	...succeeded(index),
	state: 'failed',
	attempts: 3,
	error: { message, errorClass: 'transient' },
});
const cancelled = (index: number): ChildResult => ({
	...succeeded(index),
	state: 'cancelled',
	executionId: null,
	attempts: 0,
});

/** Takes a join, and tells that it ended so. */
function joining(results: ChildResult[], state: Join['state'] = 'succeeded', summary = 'Done.') {
	sidecar.answer(({ route }) => {
		if (route === 'POST /api/v1/joins')
			return { status: 202, body: { id: 'join-1', state: 'running' } };
		if (route.includes('/results')) {
			// In pages of two.
			const from = Number(/cursor=(\d+)/.exec(route)?.[1] ?? 0);
			const more = from + 2 < results.length;
			return {
				body: { data: results.slice(from, from + 2), nextCursor: more ? String(from + 2) : null },
			};
		}
		return { body: { id: 'join-1', state, summary } };
	});
}

const ticket = { id: 'ticket-1', nodeId: 'id-of-Fan Out', visit: 0 };
const ids = (items: INodeExecutionData[]) => items.map(({ json }) => json['id']);
const errors = (items: INodeExecutionData[]) =>
	items.map(({ json }) => json['error'] as { message: string; reason: string });

async function joined(chain: Chain) {
	const waiting = await runChain(n8n, chain);
	expect(waiting.run.waitTill).toBeTruthy();
	const { outcome } = await wakeChain(n8n, chain, waiting.run, { ticket, reason: 'joined' });
	if (!outcome) throw new Error('expected it to go on');
	return outcome;
}

const requested = () => sidecar.calls[0]?.body as JoinRequest;

describe('durable runs', () => {
	it('are handed to the sidecar once, with what the node says', async () => {
		joining([]);
		const { run } = await runChain(
			n8n,
			chainOf(orders(3), {
				batchSize: 2,
				atOnce: 20,
				maxAttempts: 3,
				policy: 'quorum',
				quorum: 2,
				options: {
					deadlineSeconds: 60,
					totalDeadlineHours: 2,
					firstDelaySeconds: 1.1,
					maxDelaySeconds: 50,
					jitter: false,
					retryAnyError: true,
				},
			}),
		);

		expect(sidecar.calls.map(({ route }) => route)).toEqual(['POST /api/v1/joins']);
		expect(requested()).toEqual({
			workflow: 'child',
			children: [
				{ items: [{ json: { id: 0 } }, { json: { id: 1 } }] },
				{ items: [{ json: { id: 2 } }] },
			],
			atOnce: 20,
			policy: { mode: 'quorum', quorum: 2 },
			retry: {
				attempts: 3,
				baseDelayMs: 1_100,
				maxDelayMs: 50_000,
				jitter: 0,
				on: ['transient', 'quota', 'auth', 'data', 'bug', 'unknown'],
			},
			childDeadlineMs: 60_000,
			deadlineMs: 7_200_000,
			parent: {
				executionId: EXECUTION_ID,
				workflowId: 'workflow-1',
				nodeId: 'id-of-Fan Out',
				visit: 0,
				resumeToken: run.data.resumeToken,
			},
		});
	});

	it('have sensible settings by default', async () => {
		joining([]);
		await runChain(n8n, chainOf(orders(1)));

		expect(requested()).toMatchObject({
			atOnce: 10,
			policy: { mode: 'collect' },
			retry: { attempts: 1, on: ['transient', 'quota'] },
			deadlineMs: 86_400_000,
		});
		expect(requested()).not.toHaveProperty('childDeadlineMs');
	});

	it('are collected in the order of the items, paired, over all pages', async () => {
		joining([
			succeeded(0, { booked: 0 }),
			failed(1, '503 - down'),
			succeeded(2, { booked: 2 }, { extra: 2 }),
			succeeded(3, { booked: 3 }),
			cancelled(4),
		]);
		const { all, run } = await joined(chainOf(orders(5)));

		expect(run.status).toBe('success');
		expect(all('Fan Out').map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[{ booked: 0 }, { item: 0 }],
			[{ booked: 2 }, { item: 2 }],
			[{ extra: 2 }, { item: 2 }],
			[{ booked: 3 }, { item: 3 }],
		]);
		expect(ids(all('Fan Out', 1))).toEqual([1, 4]);
		expect(errors(all('Fan Out', 1))).toMatchObject([
			{ message: '503 - down', reason: 'failed', attempts: 3, executionId: 'child-1' },
			{ message: 'Done.', reason: 'cancelled' },
		]);
	});

	it('leave their files with n8n', async () => {
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'note.txt' };
		joining([{ ...succeeded(0), items: [{ json: {}, binary: { note: file } }] }]);
		const items = [{ json: { id: 0 }, binary: { note: file } }];
		const { all } = await joined(chainOf(items));

		expect(requested().children[0]?.items[0]?.binary).toMatchObject({ note: { data: file.data } });
		expect(all('Fan Out')[0]?.binary?.['note']).toMatchObject({
			mimeType: 'text/plain',
			fileName: 'note.txt',
		});
	});

	it('of a quorum that was reached leave the rest as not needed', async () => {
		joining([succeeded(0, { booked: 0 }), cancelled(1), cancelled(2)]);
		const { all } = await joined(chainOf(orders(3), { policy: 'first' }));

		expect(all('Fan Out').map(({ json }) => json)).toEqual([{ booked: 0 }]);
		expect(errors(all('Fan Out', 1)).map(({ reason }) => reason)).toEqual([
			'not-needed',
			'not-needed',
		]);
	});

	it('fail the node when all must succeed and one did not', async () => {
		joining([succeeded(0, {}), failed(1, 'no stock'), cancelled(2)], 'failed', 'One failed.');
		const { run } = await joined(chainOf(orders(3), { policy: 'all' }));

		expect(run.data.resultData.error).toMatchObject({
			message: 'Expected all 3 runs to succeed, but 1 failed',
			description: expect.stringContaining('no stock') as string,
			context: { itemIndex: 1 },
		});
	});

	it('leave by Failed when all must succeed and the node goes on', async () => {
		joining([succeeded(0, {}), failed(1, 'no stock'), cancelled(2)], 'failed', 'One failed.');
		const { all } = await joined(
			chainOf(orders(3), { policy: 'all', onError: 'continueErrorOutput' }),
		);

		expect(all('Fan Out')).toEqual([]);
		expect(errors(all('Fan Out', 1)).map(({ reason }) => reason)).toEqual([
			'others-failed',
			'failed',
			'not-run',
		]);
	});

	it('say why when the join ended before it was decided', async () => {
		joining([succeeded(0, {}), cancelled(1)], 'failed', 'Its deadline passed.');
		const { run } = await joined(chainOf(orders(2), { policy: 'all' }));

		expect(run.data.resultData.error?.message).toBe('Its deadline passed.');
	});

	it('leave by Failed, all of them, when nobody tells how they ended', async () => {
		joining([]);
		const chain = chainOf(orders(2));
		const { run } = await runChain(n8n, chain);
		expect((run.waitTill?.getTime() ?? 0) - Date.now()).toBeGreaterThan(86_400_000);
		const { all } = await resumeChain(n8n, chain, run);

		expect(all('Fan Out')).toEqual([]);
		expect(ids(all('Fan Out', 1))).toEqual([0, 1]);
		expect(errors(all('Fan Out', 1))[0]).toMatchObject({ reason: 'not-joined', joinId: 'join-1' });
	});

	it('are waited for without end when there is no deadline', async () => {
		joining([]);
		const { run } = await runChain(n8n, chainOf(orders(1), { options: { totalDeadlineHours: 0 } }));

		expect(requested()).not.toHaveProperty('deadlineMs');
		expect(run.waitTill?.getUTCFullYear()).toBe(3000);
	});

	it('are not asked for when there are no items', async () => {
		joining([]);
		const { run } = await runChain(n8n, chainOf([]));

		expect(sidecar.calls).toEqual([]);
		expect(run.status).toBe('success');
	});

	it('take 10 000 items', async () => {
		joining(Array.from({ length: 10_000 }, (_, index) => succeeded(index, { booked: index })));
		const { all } = await joined(chainOf(orders(10_000)));

		expect(all('Fan Out').map(({ pairedItem }) => (pairedItem as { item: number }).item)).toEqual([
			...Array(10_000).keys(),
		]);
	}, 60_000);
});

describe('durable runs that cannot be', () => {
	const errorOf = async (chain: Chain) => {
		const { run } = await runChain(n8n, chain);
		expect(run.waitTill).toBeFalsy();
		return run.data.resultData.error as { message: string; description: string };
	};

	it('fail the node when the sidecar is away', async () => {
		const error = await errorOf(chainOf(orders(1), { baseUrl: 'http://127.0.0.1:9' }));
		expect(error.message).toContain('Sidecar unreachable');
	});

	it('fail the node with what the sidecar says', async () => {
		sidecar.answer(() => problem(422, 'invalid_request', 'This workflow is not published.'));
		expect((await errorOf(chainOf(orders(1)))).message).toBe('This workflow is not published.');
	});

	it('fail the node when something else answers in its place', async () => {
		sidecar.answer(() => ({ body: {} }));
		expect((await errorOf(chainOf(orders(1)))).message).toContain('not one of its own');
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'])(
		'lose no item on %s',
		async (onError) => {
			sidecar.answer(() => problem(403, 'forbidden', 'This token may not.'));
			const { all, run } = await runChain(n8n, chainOf(orders(2), { onError }));

			expect(run.waitTill).toBeFalsy();
			const output = onError === 'continueErrorOutput' ? 2 : 1;
			expect(ids(all('Fan Out', output))).toEqual([0, 1]);
			expect([...all('Fan Out'), ...all('Fan Out', 3 - output)]).toEqual([]);
		},
	);

	it.each([
		['several workflows', { workflowId: '={{ "w" + $json.id }}' }, 'one workflow for all items'],
		['too many attempts', { maxAttempts: 30 }, 'at most 20'],
	])('say so for %s', async (_what, parameters, words) => {
		joining([]);
		expect((await errorOf(chainOf(orders(2), parameters))).message).toContain(words);
		expect(sidecar.calls).toEqual([]);
	});

	it('say so for more runs than a join takes', async () => {
		joining([]);
		expect((await errorOf(chainOf(orders(10_001)))).message).toContain('10001');
	});

	it('say so for files that are too large', async () => {
		joining([]);
		const data = Buffer.alloc(9 * 1024 * 1024).toString('base64');
		const items = [{ json: {}, binary: { film: { data, mimeType: 'video/mp4' } } }];
		expect((await errorOf(chainOf(items))).message).toContain('8 MB');
	});
});

describe('a durable fan out that is resumed', () => {
	it('refuses a wake for another visit', async () => {
		joining([]);
		const chain = chainOf(orders(1));
		const { run } = await runChain(n8n, chain);
		const wake = await wakeChain(n8n, chain, run, { ticket: { ...ticket, visit: 3 } });

		expect(wake.status).toBe(409);
		expect(wake.outcome).toBeUndefined();
	});

	it('waits for a sidecar that is away for a moment', async () => {
		joining([succeeded(0, { booked: 0 })]);
		const chain = chainOf(orders(1));
		const { run } = await runChain(n8n, chain);
		sidecar.answer(({ route }, before) => {
			if (before < 3) return problem(503, 'unavailable', 'Not now.');
			if (route.includes('/results')) {
				return { body: { data: [succeeded(0, { booked: 0 })], nextCursor: null } };
			}
			return { body: { id: 'join-1', state: 'succeeded', summary: '' } };
		});
		const { outcome } = await wakeChain(n8n, chain, run, { ticket });

		expect(outcome?.json('Fan Out')).toEqual([{ booked: 0 }]);
	});

	it('fails when the sidecar knows the join no more', async () => {
		joining([]);
		const chain = chainOf(orders(1));
		const { run } = await runChain(n8n, chain);
		sidecar.answer(() => problem(404, 'join_not_found', 'No join has this id.'));
		const { outcome } = await wakeChain(n8n, chain, run, { ticket });

		expect(outcome?.run.data.resultData.error?.message).toBe('No join has this id.');
	});
});
