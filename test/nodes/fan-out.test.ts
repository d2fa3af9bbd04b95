import { sleep, type IDataObject, type INodeExecutionData } from 'n8n-workflow';

import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, runChain } from './support/run-nodes';
import { childrenOf, type ChildCall, type Children } from './support/sub-workflows';

let n8n: N8nInProcess;

beforeAll(async () => {
	n8n = await loadN8nCore();
}, 600_000);

const order = (id: number, more: IDataObject = {}): INodeExecutionData => ({
	json: { id, ...more },
});
const orders = (count: number) => Array.from({ length: count }, (_, id) => order(id));
const booked = ({ items }: ChildCall) => ({
	items: items.map(({ json }) => ({ json: { booked: json['id'] as number } })),
});
const broken = { error: { message: 'Stock is negative' } };
const down = {
	error: { name: 'NodeApiError', message: 'Service unavailable' },
	recorded: {
		lastNodeExecuted: 'Book',
		error: { name: 'NodeApiError', message: 'Service unavailable', httpCode: '503' },
	},
};

function run(
	children: Children,
	items: INodeExecutionData[],
	{ options = {}, onError, cancel, before, ...parameters }: Record<string, unknown> = {},
) {
	const chain: Chain = {
		nodes: [
			{ name: 'Webhook', type: 'test.trigger' },
			...(before ? [{ name: 'Before', type: before as string }] : []),
			{
				name: 'Fan Out',
				type: 'pack.fanOut',
				parameters: {
					workflowId: { __rl: true, mode: 'id', value: 'child' },
					options: { firstDelaySeconds: 0.01, ...(options as object) },
					...parameters,
				},
				...(onError ? { onError: onError as 'continueErrorOutput' } : {}),
			},
		],
		items,
		baseUrl: 'http://127.0.0.1:9',
		around: children.around,
		...(cancel ? { cancel: cancel as AbortSignal } : {}),
	};
	return runChain(n8n, chain);
}

const errorOf = ({ run: { data } }: { run: { data: { resultData: { error?: unknown } } } }) =>
	data.resultData.error as {
		message: string;
		description: string;
		context: { itemIndex: number };
	};
const ids = (items: INodeExecutionData[]) => items.map(({ json }) => json['id']);
const reasons = (items: INodeExecutionData[]) =>
	items.map(({ json }) => (json['error'] as { reason?: string }).reason);

describe('Fan Out', () => {
	it('collects in the order of the items, paired, however long each run took', async () => {
		const children = childrenOf(async (call) => {
			await sleep(40 - 10 * Number(call.items[0]?.json['id']));
			return call.items[0]?.json['id'] === 2 ? broken : booked(call);
		});
		const { all } = await run(children, orders(4));

		expect(all('Fan Out')).toEqual(
			[0, 1, 3].map((id) => ({
				json: { booked: id },
				pairedItem: { item: id },
			})),
		);
		expect(all('Fan Out', 1)).toMatchObject([
			{
				json: {
					id: 2,
					error: {
						message: 'Stock is negative',
						attempts: 1,
						reason: 'not-retryable',
						executionId: 'child-2',
					},
				},
				pairedItem: { item: 2 },
			},
		]);
	});

	it('runs so many at once and no more', async () => {
		const children = childrenOf(async () => {
			await sleep(5);
			return { items: [] };
		});
		await run(children, orders(20), { atOnce: 7 });

		expect(children.calls).toHaveLength(20);
		expect(children.mostAtOnce()).toBe(7);
	});

	it('gives items in batches and pairs results one by one when there are as many', async () => {
		const { all, calls } = await within(booked, orders(5), { batchSize: 2 });

		expect(calls.map(({ items }) => ids(items))).toEqual([[0, 1], [2, 3], [4]]);
		expect(all('Fan Out').map(({ json, pairedItem }) => [json['booked'], pairedItem])).toEqual(
			[0, 1, 2, 3, 4].map((id) => [id, { item: id }]),
		);
	});

	it('pairs what a batch gave with all of it when there are not as many', async () => {
		const sum = () => ({ items: [{ json: { sum: 1 } }] });
		const { all } = await within(sum, orders(3), { batchSize: 3 });

		expect(all('Fan Out')[0]?.pairedItem).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	});

	it('fails each item of a batch that failed', async () => {
		const { all } = await within(() => broken, orders(2), { batchSize: 2 });

		expect(ids(all('Fan Out', 1))).toEqual([0, 1]);
	});

	it('puts items into one batch only when they are for one workflow', async () => {
		const items = ['a', 'b', 'a', 'b'].map((workflow, id) => order(id, { workflow }));
		const { all, calls } = await within(booked, items, {
			batchSize: 2,
			workflowId: '={{ $json.workflow }}',
		});

		expect(calls.map(({ workflowId, items: given }) => [workflowId, ids(given)])).toEqual([
			['a', [0, 2]],
			['b', [1, 3]],
		]);
		expect(all('Fan Out').map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 2, 1, 3].map((item) => ({ item })),
		);
	});

	it('tries a run again as the policy says', async () => {
		const tried = new Map<unknown, number>();
		const flaky = (call: ChildCall) => {
			const id = call.items[0]?.json['id'];
			tried.set(id, (tried.get(id) ?? 0) + 1);
			return (tried.get(id) ?? 0) <= Number(call.items[0]?.json['failures']) ? down : booked(call);
		};
		const items = [order(0, { failures: 2 }), order(1, { failures: 9 })];
		const { all } = await within(flaky, items, { maxAttempts: 3 });

		expect(all('Fan Out').map(({ json }) => json)).toEqual([{ booked: 0 }]);
		expect(all('Fan Out', 1)[0]?.json['error']).toMatchObject({
			attempts: 3,
			reason: 'attempts',
			httpStatus: 503,
			lastNode: 'Book',
		});
	});

	it('tries nothing again unasked', async () => {
		const { calls } = await within(() => down, orders(2));
		expect(calls).toHaveLength(2);
	});

	it('gives a run up at its deadline and says so', async () => {
		const children = childrenOf(async (call) => {
			if (call.items[0]?.json['id'] === 1) await sleep(400);
			return booked(call);
		});
		const outcome = await run(children, orders(3), { options: { deadlineSeconds: 0.1 } });

		expect(outcome.all('Fan Out').map(({ json }) => json['booked'])).toEqual([0, 2]);
		expect(outcome.all('Fan Out', 1)[0]?.json).toMatchObject({
			id: 1,
			error: { name: 'DeadlineExceeded', reason: 'deadline' },
		});
		expect(outcome.hints('Fan Out')[0]?.message).toContain('1 run(s) were not done');
	});

	it('gives a run that waits up at its deadline too', async () => {
		const { all } = await within(() => ({ waits: 99, items: [] }), orders(1), {
			options: { deadlineSeconds: 0.3 },
		});
		expect(reasons(all('Fan Out', 1))).toEqual(['deadline']);
	});

	it('takes the ends of all runs that wait, and does not wait itself', async () => {
		const outcome = await within((call) => ({ waits: 1, ...booked(call) }), orders(3));

		expect(outcome.all('Fan Out').map(({ json }) => json['booked'])).toEqual([0, 1, 2]);
		expect(outcome.run.waitTill).toBeFalsy();
		expect(outcome.run.status).toBe('success');
	});

	it('hands files over and takes those that come back', async () => {
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
		const { all, calls } = await within(
			({ items }) => ({ items }),
			[{ ...order(1), binary: { note: file } }],
		);

		expect(calls[0]?.items[0]?.binary).toMatchObject({ note: file });
		expect(all('Fan Out')[0]?.binary).toMatchObject({ note: file });
	});

	it('gives nothing for nothing', async () => {
		const { all, calls, run: result } = await within(booked, []);

		expect(calls).toEqual([]);
		expect([...all('Fan Out'), ...all('Fan Out', 1)]).toEqual([]);
		expect(result.status).toBe('success');
	});

	it('pairs with its own input when items come without pairing', async () => {
		const { all } = await within(booked, orders(2), { before: 'test.unpaired' });

		expect(all('Fan Out').map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
	});

	it('loses and doubles none of 10 000 items', async () => {
		const some = (call: ChildCall) =>
			Number(call.items[0]?.json['id']) % 1000 === 0 ? broken : booked(call);
		const outcome = await within(some, orders(10_000), { atOnce: 50 });

		expect(outcome.all('Fan Out').map(({ json }) => json['booked'])).toEqual(
			[...Array(10_000).keys()].filter((id) => id % 1000 !== 0),
		);
		expect(ids(outcome.all('Fan Out', 1))).toEqual(
			[...Array(10).keys()].map((each) => each * 1000),
		);
		expect(outcome.hints('Fan Out')[0]?.message).toContain('Items per Run');
	}, 60_000);

	it('begins nothing more once the execution is cancelled', async () => {
		const cancel = new AbortController();
		const children = childrenOf(async () => {
			cancel.abort();
			await sleep(5);
			return { items: [] };
		});
		await run(children, orders(50), { atOnce: 2, cancel: cancel.signal });

		expect(children.calls.length).toBeLessThanOrEqual(2);
	});
});

describe('Fan Out when all must succeed', () => {
	const third = (call: ChildCall) => (call.items[0]?.json['id'] === 2 ? broken : booked(call));

	it('gives all results when all have', async () => {
		const { all } = await within(booked, orders(3), { policy: 'all' });
		expect(all('Fan Out')).toHaveLength(3);
	});

	it('begins nothing after the first failure and fails naming it', async () => {
		const outcome = await within(third, orders(9), { policy: 'all', atOnce: 1 });

		expect(outcome.calls).toHaveLength(3);
		expect(errorOf(outcome)).toMatchObject({
			message: 'Expected all 9 runs to succeed, but 1 failed',
			description: expect.stringContaining('Stock is negative (execution child-2)') as string,
			context: { itemIndex: 2 },
		});
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'])(
		'lets each item leave by Failed with its reason on %s',
		async (onError) => {
			const { all } = await within(third, orders(4), { policy: 'all', atOnce: 1, onError });

			expect(all('Fan Out')).toEqual([]);
			expect(ids(all('Fan Out', 1))).toEqual([0, 1, 2, 3]);
			expect(reasons(all('Fan Out', 1))).toEqual([
				'others-failed',
				'others-failed',
				'not-retryable',
				'not-run',
			]);
		},
	);
});

describe('Fan Out once it is decided', () => {
	it('tries nothing again that another failure has decided', async () => {
		const children = childrenOf(async (call) => {
			const isFirst = call.items[0]?.json['id'] === 0;
			if (!isFirst) await sleep(30);
			return isFirst ? broken : down;
		});
		const { all } = await run(children, orders(2), {
			policy: 'all',
			maxAttempts: 5,
			onError: 'continueRegularOutput',
		});

		expect(children.calls).toHaveLength(2);
		expect(reasons(all('Fan Out', 1))).toEqual(['not-retryable', 'decided']);
	});

	it('runs nothing when all must succeed and an item names no workflow', async () => {
		const items = ['child', ''].map((workflow, id) => order(id, { workflow }));
		const { all, calls } = await within(booked, items, {
			policy: 'all',
			workflowId: '={{ $json.workflow }}',
			onError: 'continueRegularOutput',
		});

		expect(calls).toEqual([]);
		expect(ids(all('Fan Out', 1))).toEqual([0, 1]);
	});
});

describe('Fan Out with a quorum', () => {
	it('takes the first that succeed and waits for no other', async () => {
		const children = childrenOf(async (call) => {
			const id = Number(call.items[0]?.json['id']);
			if (id === 0) return await new Promise<never>(() => undefined);
			return id === 1 ? broken : booked(call);
		});
		const { all } = await run(children, orders(6), { policy: 'quorum', quorum: 2, atOnce: 2 });

		expect(all('Fan Out').map(({ json }) => json['booked'])).toEqual([2, 3]);
		expect(ids(all('Fan Out', 1))).toEqual([0, 1, 4, 5]);
		expect(reasons(all('Fan Out', 1))).toEqual([
			'not-needed',
			'not-retryable',
			'not-needed',
			'not-needed',
		]);
	});

	it('leaves out what was not needed when asked to', async () => {
		const { all, calls } = await within(booked, orders(5), {
			policy: 'first',
			atOnce: 1,
			options: { dropNotNeeded: true },
		});

		expect(calls).toHaveLength(1);
		expect(all('Fan Out').map(({ json }) => json['booked'])).toEqual([0]);
		expect(all('Fan Out', 1)).toEqual([]);
	});

	it('stops once it cannot be reached', async () => {
		const outcome = await within(() => broken, orders(9), {
			policy: 'quorum',
			quorum: 8,
			atOnce: 1,
		});

		expect(outcome.calls).toHaveLength(2);
		expect(errorOf(outcome).message).toBe('Expected 8 of 9 runs to succeed, but only 0 did');
	});

	it('refuses a quorum that there can never be', async () => {
		const outcome = await within(booked, orders(2), { policy: 'quorum', quorum: 3 });

		expect(outcome.calls).toHaveLength(0);
		expect(errorOf(outcome).message).toBe(
			'Expected Quorum to be at most the number of runs (2), but got 3',
		);
	});
});

describe('Fan Out with what cannot be run', () => {
	const refused = { refused: { message: 'Workflow is not active and cannot be executed.' } };

	it.each([
		['unpublished or unknown', 'Workflow is not active and cannot be executed.', 'Publish'],
		['refusing this caller', 'The sub-workflow (x) cannot be called by this workflow', 'settings'],
		['without a trigger', 'Missing node to start execution', 'Execute Sub-workflow Trigger'],
	])('says what to do when a workflow is %s', async (_which, message, cure) => {
		const outcome = await within(() => ({ refused: { message } }), orders(3), { atOnce: 1 });

		expect(outcome.calls).toHaveLength(1);
		expect(errorOf(outcome)).toMatchObject({
			message: expect.stringContaining(message) as string,
			description: expect.stringContaining(cure) as string,
			context: { itemIndex: 0 },
		});
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'])(
		'runs the others and loses none on %s',
		async (onError) => {
			const items = ['none', 'child', ''].map((workflow, id) => order(id, { workflow }));
			const { all } = await within(
				(call) => (call.workflowId === 'none' ? refused : booked(call)),
				items,
				{ workflowId: '={{ $json.workflow }}', onError },
			);
			const output = onError === 'continueErrorOutput' ? 2 : 1;

			expect(all('Fan Out').map(({ json }) => json['booked'])).toEqual([1]);
			expect(all('Fan Out', output).map(({ json }) => json)).toMatchObject([
				{ id: 0, error: { message: expect.stringContaining('not active') as string } },
				{ id: 2, error: { message: 'Expected a workflow to run, but got none' } },
			]);
			expect(all('Fan Out', 1)).toHaveLength(onError === 'continueErrorOutput' ? 0 : 2);
		},
	);

	it.each([
		['Items per Run', { batchSize: '={{ undefined }}' }],
		['Runs at Once', { atOnce: 0 }],
		['Quorum', { policy: 'quorum', quorum: '={{ "many" }}' }],
		['Succeeds When', { policy: '={{ "most" }}' }],
		['Maximum Attempts', { maxAttempts: '={{ $json.none }}' }],
	])('names the field when %s makes no sense', async (field, parameters) => {
		const outcome = await within(booked, orders(1), parameters);

		expect(errorOf(outcome).message).toContain(`Expected ${field}`);
		expect(outcome.calls).toEqual([]);
	});
});

/** Like `run`, with the calls at hand. */
async function within(
	behave: Parameters<typeof childrenOf>[0],
	items: INodeExecutionData[],
	how: Record<string, unknown> = {},
) {
	const children = childrenOf(behave);
	return { ...(await run(children, items, how)), calls: children.calls };
}
