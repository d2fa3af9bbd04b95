import { sleep, type IDataObject, type INodeExecutionData } from 'n8n-workflow';

import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, runChain } from './support/run-nodes';
import { childrenOf, type Children } from './support/sub-workflows';

let n8n: N8nInProcess;

beforeAll(async () => {
	n8n = await loadN8nCore();
}, 600_000);

const order = (id: number, more: IDataObject = {}): INodeExecutionData => ({
	json: { id, ...more },
});

function run(
	children: Children,
	items: INodeExecutionData[],
	options: object = {},
	more: object = {},
) {
	const chain: Chain = {
		nodes: [
			{ name: 'Webhook', type: 'test.trigger' },
			{
				name: 'Retry',
				type: 'pack.retry',
				parameters: {
					operation: 'runSubWorkflow',
					workflowId: { __rl: true, mode: 'id', value: 'child' },
					maxAttempts: 3,
					options: { firstDelaySeconds: 0.01, ...options },
				},
				...more,
			},
		],
		items,
		baseUrl: 'http://127.0.0.1:9',
		around: children.around,
	};
	return runChain(n8n, chain);
}

const down = {
	error: { name: 'NodeApiError', message: 'Service unavailable' },
	recorded: {
		lastNodeExecuted: 'Book',
		error: { name: 'NodeApiError', message: 'Service unavailable', httpCode: '503' },
	},
};

/** Fails each item in its first `failures` calls. */
function flakyChildren(): Children {
	const tried = new Map<unknown, number>();
	return childrenOf(({ items: [item] }) => {
		const id = item?.json['id'];
		const count = (tried.get(id) ?? 0) + 1;
		tried.set(id, count);
		return count <= Number(item?.json['failures'] ?? 0)
			? down
			: { items: [{ json: { booked: id as number } }] };
	});
}

describe('Retry running a sub-workflow', () => {
	it('runs it for each item until it succeeds, results in input order and paired', async () => {
		const children = flakyChildren();
		const { all } = await run(children, [order(1, { failures: 2 }), order(2), order(3)]);

		expect(all('Retry').map(({ json, pairedItem }) => ({ json, pairedItem }))).toEqual(
			[1, 2, 3].map((booked, item) => ({ json: { booked }, pairedItem: { item } })),
		);
		expect(children.calls).toHaveLength(5);
		expect(children.calls[0]).toMatchObject({
			workflowId: 'child',
			parent: { executionId: '4711', workflowId: 'workflow-1', shouldResume: false },
		});
	});

	it('gives up with what the child says of itself', async () => {
		const { all } = await run(flakyChildren(), [order(1, { failures: 9 })]);

		expect(all('Retry')).toEqual([]);
		expect(all('Retry', 1).map(({ json }) => json)).toEqual([
			{
				id: 1,
				failures: 9,
				error: {
					message: 'Service unavailable',
					name: 'NodeApiError',
					httpStatus: 503,
					lastNode: 'Book',
					attempts: 3,
					reason: 'attempts',
					executionId: 'child-2',
				},
			},
		]);
	});

	it('does not try again what will not pass by itself', async () => {
		const children = childrenOf(() => ({ error: { message: 'x is not defined' } }));
		const { all } = await run(children, [order(1)]);

		expect(children.calls).toHaveLength(1);
		expect(all('Retry', 1)[0]?.json['error']).toMatchObject({
			message: 'x is not defined',
			reason: 'not-retryable',
		});
	});

	it('runs so many at once and no more', async () => {
		const children = childrenOf(async () => {
			await sleep(20);
			return { items: [] };
		});
		await run(
			children,
			Array.from({ length: 9 }, (_, id) => order(id)),
			{ itemsAtOnce: 3 },
		);

		expect(children.calls).toHaveLength(9);
		expect(children.mostAtOnce()).toBe(3);
	});

	it('hands files to the child and keeps those it gives back', async () => {
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
		const children = childrenOf(({ items }) => ({ items }));
		const { all } = await run(children, [{ ...order(1), binary: { note: file } }]);

		expect(children.calls[0]?.items[0]?.binary).toMatchObject({ note: file });
		expect(all('Retry')[0]?.binary).toMatchObject({ note: file });
	});

	it('waits for a child that waits, and takes its end, not what it gave on the way', async () => {
		const children = childrenOf(({ items: [item] }) => ({
			waits: 1,
			items: [{ json: { booked: item?.json['id'] as number } }],
		}));
		const { all, run: result } = await run(children, [order(1), order(2)]);

		expect(all('Retry').map(({ json }) => json)).toEqual([{ booked: 1 }, { booked: 2 }]);
		expect(result.waitTill).toBeFalsy();
	});

	it('loses and doubles none of 10 000 items', async () => {
		const items = Array.from({ length: 10_000 }, (_, id) =>
			order(id, { failures: id % 1000 ? 0 : 9 }),
		);
		const { all } = await run(flakyChildren(), items, { firstDelaySeconds: 0 });

		expect(all('Retry')).toHaveLength(9990);
		expect(all('Retry', 1).map(({ json }) => json['id'])).toEqual(
			[...Array(10).keys()].map((each) => each * 1000),
		);
	}, 60_000);
});

describe('Retry with a sub-workflow that cannot run', () => {
	it.each([
		['unpublished or unknown', 'Workflow is not active and cannot be executed.', 'Publish'],
		['refusing this caller', 'The sub-workflow (x) cannot be called by this workflow', 'settings'],
		['without a trigger', 'Missing node to start execution', 'Execute Sub-workflow Trigger'],
	])('says what to do when it is %s', async (_which, message, cure) => {
		const children = childrenOf(() => ({ refused: { message } }));
		const { run: result } = await run(children, [order(1)], { retryAnyError: true });
		const error = result.data.resultData.error as { message: string; description: string };

		expect(children.calls).toHaveLength(1);
		expect(error.message).toContain(message);
		expect(error.description).toContain(cure);
	});

	it('passes such an item on when the node goes on, and runs the others', async () => {
		const children = childrenOf(({ workflowId, items }) =>
			workflowId === 'none'
				? { refused: { message: 'Workflow is not active and cannot be executed.' } }
				: { items },
		);
		const parameters = {
			operation: 'runSubWorkflow',
			workflowId: '={{ $json.workflow }}',
			maxAttempts: 3,
			options: {},
		};
		const items = ['none', 'child', ''].map((workflow, id) => order(id, { workflow }));
		const { all } = await run(
			children,
			items,
			{},
			{ parameters, onError: 'continueRegularOutput' },
		);

		expect(all('Retry').map(({ json }) => json['id'])).toEqual([1]);
		expect(all('Retry', 1).map(({ json }) => json)).toMatchObject([
			{ id: 0, error: { message: expect.stringContaining('not active') as string } },
			{ id: 2, error: { message: 'Expected a workflow to run, but got none' } },
		]);
	});
});
