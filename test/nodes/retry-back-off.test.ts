import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, resumeChain, runChain } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

const trigger = { name: 'Webhook', type: 'test.trigger' };
const work = {
	name: 'Work',
	type: 'test.flaky',
	onError: 'continueErrorOutput' as const,
	output: 1,
};
const quick = { firstDelaySeconds: 0, jitter: false };

const gate = (parameters: object = {}, options: object = {}, more: object = {}) => ({
	name: 'Retry',
	type: 'pack.retry',
	parameters: {
		operation: 'backOff',
		maxAttempts: 3,
		options: { ...quick, ...options },
		...parameters,
	} as never,
	...more,
});

function loop(
	items: INodeExecutionData[],
	retry: ReturnType<typeof gate> = gate(),
	between: Chain['nodes'] = [],
	failing: Partial<typeof work> = {},
): Chain {
	return {
		nodes: [trigger, { ...work, ...failing }, ...between, retry],
		wires: [['Retry', 'Work']],
		items,
		baseUrl: sidecar.url,
	};
}

const order = (id: number, more: IDataObject = {}): INodeExecutionData => ({
	json: { id, ...more },
});
const ids = (items: INodeExecutionData[]) => items.map(({ json }) => json['id']);

describe('Back Off in a loop around a node', () => {
	it('tries each item again until it succeeds, and gives the node its input unchanged', async () => {
		const items = [order(1), order(2, { failures: 1 }), order(3, { failures: 2 })];
		const { all } = await runChain(n8n, loop(items));

		expect(ids(all('Work'))).toEqual([1, 2, 3]);
		expect(all('Work').map(({ json }) => json)).toEqual(items.map(({ json }) => json));
		expect(all('Retry', 1)).toEqual([]);
	});

	it('gives up after so many attempts of each item, with a tidy error', async () => {
		const items = [order(1, { failures: 9 }), order(2, { failures: 2 }), order(3, { failures: 9 })];
		const { all } = await runChain(n8n, loop(items));

		expect(ids(all('Work'))).toEqual([2]);
		expect(all('Retry', 1).map(({ json }) => json)).toEqual(
			[1, 3].map((id) => ({
				id,
				failures: 9,
				error: {
					message: '503 - "down"',
					name: 'AxiosError',
					httpStatus: 503,
					lastNode: 'Work',
					attempts: 3,
					reason: 'attempts',
				},
			})),
		);
	});

	it('gives up at once what will not pass by itself', async () => {
		const { all } = await runChain(n8n, loop([order(1, { failures: 9, status: 422 })]));

		expect(all('Retry', 1)[0]?.json['error']).toMatchObject({
			httpStatus: 422,
			attempts: 1,
			reason: 'not-retryable',
		});
	});

	it('keeps its memory out of the JSON and leads each item back to where it came from', async () => {
		const { all, run } = await runChain(n8n, loop([order(1), order(2, { failures: 1 })]));

		expect(all('Retry').map(({ json }) => json)).toEqual([{ id: 2, failures: 1 }]);
		expect(all('Retry').map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }]);
		expect(run.data.resultData.error).toBeUndefined();
	});

	it('finds the input of a node that keeps only its error', async () => {
		const terse = { type: 'test.flakyTerse' };
		const { all } = await runChain(
			n8n,
			loop([order(1, { failures: 1 }), order(2, { failures: 9 })], gate(), [], terse),
		);

		expect(ids(all('Work'))).toEqual([1]);
		expect(all('Retry', 1).map(({ json }) => json)).toMatchObject([
			{ id: 2, error: { attempts: 3 } },
		]);
	});

	it('keeps files', async () => {
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'note.txt' };
		const item = { ...order(1, { failures: 1 }), binary: { note: file } };
		const { all } = await runChain(n8n, loop([item]));

		expect(all('Retry')[0]?.binary).toMatchObject({ note: file });
	});

	it('stops going round, and says why, where pairing is lost', async () => {
		const forgetful = { name: 'Code', type: 'test.unpaired' };
		const { all, hints } = await runChain(
			n8n,
			loop([order(1, { failures: 99 })], gate(), [forgetful]),
		);

		expect(all('Retry', 1).length).toBeGreaterThan(0);
		expect(hints('Retry')).toEqual([
			expect.objectContaining({ message: expect.stringContaining('pairedItem') as string }),
		]);
	});

	it('gives up an item that came without an error, and says so', async () => {
		const { all, hints } = await runChain(n8n, {
			nodes: [trigger, gate()],
			items: [order(1)],
			baseUrl: sidecar.url,
		});

		expect(all('Retry', 1)[0]?.json).toMatchObject({ id: 1, error: { reason: 'not-retryable' } });
		expect(hints('Retry')[0]?.message).toContain('without an error');
	});

	it('takes no items for no work', async () => {
		const { run } = await runChain(n8n, { ...loop([]), nodes: [trigger, gate()] });

		expect(run.data.resultData.error).toBeUndefined();
	});

	it('loses and doubles none of 10 000 items', async () => {
		const items = Array.from({ length: 10_000 }, (_, id) => order(id, { failures: id % 4 }));
		const { all } = await runChain(n8n, loop(items));
		const left = [...ids(all('Work')), ...ids(all('Retry', 1))] as number[];

		expect(left).toHaveLength(10_000);
		expect(new Set(left).size).toBe(10_000);
		expect(all('Retry', 1)).toHaveLength(2500);
	}, 120_000);

	it('counts each batch of a Loop Over Items by itself', async () => {
		const items = [1, 2, 3].map((id) => order(id, { failures: 2 }));
		const { all } = await runChain(n8n, {
			nodes: [trigger, { name: 'Loop', type: 'test.batches', output: 1 }, work, gate()],
			wires: [
				['Retry', 'Work'],
				['Work', 'Loop'],
			],
			items,
			baseUrl: sidecar.url,
		});

		expect(ids(all('Work'))).toEqual([1, 2, 3]);
		expect(all('Retry', 1)).toEqual([]);
	});
});

describe('how long Back Off waits', () => {
	const elapsed = async (chain: Chain): Promise<number> => {
		const began = performance.now();
		await runChain(n8n, chain);
		return performance.now() - began;
	};

	it('waits in this process for short delays, once for all items', async () => {
		const items = Array.from({ length: 40 }, (_, id) => order(id, { failures: 1 }));
		const took = await elapsed(loop(items, gate({}, { firstDelaySeconds: 0.4 })));

		expect(took).toBeGreaterThanOrEqual(400);
		expect(took).toBeLessThan(40 * 400);
	});

	it('obeys Retry-After of the answer', async () => {
		const took = await elapsed(loop([order(1, { failures: 1, retryAfter: 1 })]));

		expect(took).toBeGreaterThanOrEqual(1000);
	});

	it('gives up when asked to wait longer than it may', async () => {
		const { all } = await runChain(n8n, loop([order(1, { failures: 1, retryAfter: 301 })]));

		expect(all('Retry', 1)[0]?.json['error']).toMatchObject({ reason: 'pause-too-long' });
	});

	it('gives up when the deadline would pass', async () => {
		const options = { firstDelaySeconds: 20, deadlineSeconds: 10 };
		const { all } = await runChain(n8n, loop([order(1, { failures: 1 })], gate({}, options)));

		expect(all('Retry', 1)[0]?.json['error']).toMatchObject({ reason: 'deadline', attempts: 1 });
	});

	it('leaves the slot for long delays, and goes on with clean items and their memory', async () => {
		const options = { firstDelaySeconds: 100, maxDelaySeconds: 100 };
		const items = [order(0), order(1, { failures: 1 }), order(2, { failures: 9 })];
		const chain = loop(items, gate({ maxAttempts: 2 }, options));
		const waiting = await runChain(n8n, chain);

		const until = waiting.run.waitTill?.getTime() ?? 0;
		expect(until - Date.now()).toBeGreaterThan(95_000);
		const { all } = await resumeChain(n8n, chain, waiting.run);
		expect(ids(all('Work'))).toEqual([0, 1]);
		expect(all('Retry').map(({ json }) => json)).toEqual([
			{ id: 1, failures: 1 },
			{ id: 2, failures: 9 },
		]);
		expect(all('Retry', 1).map(({ json }) => json)).toMatchObject([
			{ id: 2, error: { attempts: 2, reason: 'attempts' } },
		]);
	});

	it('stops waiting when the execution is cancelled', async () => {
		const began = performance.now();
		const cancel = AbortSignal.timeout(300);
		const chain = loop([order(1, { failures: 1 })], gate({}, { firstDelaySeconds: 20 }));
		await runChain(n8n, { ...chain, cancel });

		expect(performance.now() - began).toBeLessThan(15_000);
	});
});

describe('Back Off handing over to dead letters', () => {
	const keeping = gate({ whenGivingUp: 'deadLetter', maxAttempts: 1 });

	it('keeps the letter with trigger item and input, and tells its id', async () => {
		sidecar.answer(() => ({ status: 201, body: { id: 'dl-1' } }));
		const { all } = await runChain(n8n, loop([order(1), order(2, { failures: 9 })], keeping));

		expect(sidecar.calls.map(({ body }) => body)).toMatchObject([
			{
				origin: 'error-output',
				position: { node: 'Retry', run: 0, item: 0 },
				trigger: { node: 'Webhook', items: [{ json: { id: 2, failures: 9 } }] },
				failedInput: [{ json: { id: 2, failures: 9 } }],
				error: { node: 'Work', httpStatus: 503 },
			},
		]);
		expect(all('Retry', 1)[0]?.json['error']).toMatchObject({ deadLetterId: 'dl-1', attempts: 1 });
	});

	it('fails when the sidecar does not take it, so that n8n keeps the payload', async () => {
		sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));
		const { run } = await runChain(n8n, loop([order(2, { failures: 9 })], keeping));

		expect(run.data.resultData.error?.message).toBe('Unknown token.');
		expect(run.data.resultData.lastNodeExecuted).toBe('Retry');
	});

	it('says so in the item when the node goes on', async () => {
		sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));
		const goingOn = { ...keeping, onError: 'continueRegularOutput' as const };
		const { all } = await runChain(n8n, loop([order(2, { failures: 9 })], goingOn));

		expect(all('Retry', 1)[0]?.json['error']).toMatchObject({
			deadLetter: { message: 'Unknown token.', code: 'unauthenticated' },
		});
	});
});

describe('Back Off set wrongly', () => {
	const bad = { maxAttempts: '={{ $json.attempts }}' };
	const wrong = gate(bad);

	it('names field and item', async () => {
		const { run } = await runChain(n8n, loop([order(1, { failures: 1 })], wrong));
		const error = run.data.resultData.error as { message: string; context: IDataObject };

		expect(error.message).toContain('Maximum Attempts');
		expect(error.context['itemIndex']).toBe(0);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'passes the item on with what is wrong under %s',
		async (onError) => {
			const chain = loop([order(1, { failures: 1 })], gate(bad, {}, { onError }));
			const { all } = await runChain(n8n, chain);

			const output = onError === 'continueErrorOutput' ? 2 : 1;
			expect(all('Retry', output)[0]?.json).toMatchObject({
				id: 1,
				error: { message: expect.stringContaining('Maximum Attempts') as string },
			});
			expect(all('Retry')).toEqual([]);
		},
	);
});
