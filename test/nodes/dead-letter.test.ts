import type { ExecuteWorkflowOptions, IExecuteWorkflowInfo } from 'n8n-workflow';

import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { EXECUTION_ID, runChain, TOKEN, type Chain } from './support/run-nodes';
import {
	problem,
	startScriptedSidecar,
	type ScriptedSidecar,
	type SidecarAnswer,
	type SidecarCall,
} from './support/scripted-sidecar';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

interface SentLetter {
	failedInput: [{ json: { id: number } }];
	position: { item: number };
	[field: string]: unknown;
}

const lettersIn = (body: unknown): SentLetter[] | undefined =>
	(body as { letters?: SentLetter[] } | undefined)?.letters;

/** As the sidecar answers: one letter, or as many as were sent. */
const keeps = ({ body }: SidecarCall, before: number): SidecarAnswer => {
	const letters = lettersIn(body)?.map(({ position }) => ({ id: `dl-${before}-${position.item}` }));
	return { status: 201, body: letters ? { letters } : { id: `dl-${before}` } };
};

beforeEach(() => sidecar.answer(keeps));

const trigger = { name: 'Webhook', type: 'test.trigger' };
const failing = {
	name: 'HTTP',
	type: 'test.http',
	onError: 'continueErrorOutput' as const,
	output: 1,
};
const letterNode = { name: 'Dead Letter', type: 'pack.deadLetter' };

const order = (id: number, bad = false) => ({ json: { id, ...(bad ? { bad } : {}) } });

async function run(nodes: Chain['nodes'], items: Chain['items'], baseUrl = sidecar.url) {
	return await runChain(n8n, { nodes, items, baseUrl });
}

const withOptions = (options: object, more: object = {}) => ({
	...letterNode,
	parameters: { options } as never,
	...more,
});

describe('Dead Letter on an error output', () => {
	it('sends the error, the failed input and the trigger item it stems from', async () => {
		const { json } = await run([trigger, failing, letterNode], [order(1), order(2, true)]);

		expect(sidecar.calls).toHaveLength(1);
		expect(sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/dead-letters',
			headers: { authorization: `Bearer ${TOKEN}` },
		});
		expect(sidecar.calls[0]?.body).toEqual({
			origin: 'error-output',
			workflowId: 'workflow-1',
			workflowName: 'Orders',
			executionId: EXECUTION_ID,
			position: { node: 'Dead Letter', run: 0, item: 0 },
			trigger: { node: 'Webhook', items: [{ json: { id: 2, bad: true } }] },
			failedInput: [{ json: { id: 2, bad: true } }],
			error: { node: 'HTTP', name: 'AxiosError', message: '503 - "down"', httpStatus: 503 },
		});
		expect(json('Dead Letter')).toEqual([
			{ deadLetterId: 'dl-0', id: 'dl-0', url: `${sidecar.url}/api/v1/dead-letters/dl-0` },
		]);
	});

	it('makes one letter and one output item for each failed item, paired with it', async () => {
		const bad = [1, 2, 3, 4, 5, 6].map((id) => order(id, true));
		const { items } = await run([trigger, failing, letterNode], bad);

		expect(sidecar.calls).toHaveLength(1);
		const sent = lettersIn(sidecar.calls[0]?.body) ?? [];
		expect(sent.map(({ failedInput }) => failedInput[0].json.id)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(items('Dead Letter').map(({ pairedItem, json }) => [pairedItem, json['id']])).toEqual(
			bad.map((_, item) => [{ item }, `dl-0-${item}`]),
		);
	});

	it('finds what the failed node was given when its error output lost it', async () => {
		await run([trigger, { ...failing, type: 'test.terse' }, letterNode], [order(8)]);

		expect(sidecar.calls[0]?.body).toMatchObject({
			failedInput: [{ json: { id: 8 } }],
			error: { node: 'HTTP', name: 'NodeApiError', message: 'Rate limit', httpStatus: 429 },
		});
	});

	it('sends all items of the trigger, and says so, where n8n lost the pairing', async () => {
		const forgetful = { name: 'Code', type: 'test.unpaired' };
		const { hints } = await run(
			[trigger, forgetful, failing, letterNode],
			[order(1, true), order(2, true)],
		);

		expect(lettersIn(sidecar.calls[0]?.body)?.[0]).toMatchObject({
			trigger: { node: 'Webhook', items: [{ json: { id: 1 } }, { json: { id: 2 } }] },
		});
		expect(hints('Dead Letter')).toEqual([
			expect.objectContaining({ message: expect.stringContaining('pairedItem') as string }),
		]);
	});

	it('puts the files of the trigger item into the letter', async () => {
		const data = Buffer.from('hello').toString('base64');
		const file = { data, mimeType: 'text/plain', fileName: 'note.txt' };
		await run([trigger, failing, letterNode], [{ ...order(1, true), binary: { note: file } }]);

		expect(sidecar.calls[0]?.body).toMatchObject({
			trigger: {
				items: [{ binary: { note: { data, mimeType: 'text/plain', fileName: 'note.txt' } } }],
			},
		});
	});

	it('leaves out a file that is too large, and says so in the letter', async () => {
		const data = Buffer.alloc(9 * 1024 * 1024, 'x').toString('base64');
		const file = { data, mimeType: 'text/plain', fileName: 'big.txt' };
		await run([trigger, failing, letterNode], [{ ...order(1, true), binary: { big: file } }]);

		const { trigger: sent } = sidecar.calls[0]?.body as { trigger: { items: unknown[] } };
		expect(sent.items[0]).toMatchObject({
			binary: {
				big: { fileName: 'big.txt', omitted: expect.stringContaining('8 MB') as string },
			},
		});
		expect(JSON.stringify(sent).length).toBeLessThan(1000);
	});

	it('keeps an item without an error too, and hints at the error output', async () => {
		const { hints } = await run([trigger, letterNode], [order(1)]);

		expect(sidecar.calls[0]?.body).toMatchObject({
			failedInput: [{ json: { id: 1 } }],
			error: { node: 'Webhook', message: 'Sent to dead letters without an error' },
		});
		expect(hints('Dead Letter')).toEqual([
			expect.objectContaining({ message: expect.stringContaining('error output') as string }),
		]);
	});

	it('tells the runs of a node apart that is reached more than once', async () => {
		const nodes = [trigger, { name: 'A', type: 'test.pass' }, letterNode];
		await runChain(n8n, {
			nodes,
			wires: [['Webhook', 'Dead Letter']],
			items: [order(1)],
			baseUrl: sidecar.url,
		});

		expect(sidecar.calls.map(({ body }) => body)).toMatchObject([
			{ position: { run: 0, item: 0 } },
			{ position: { run: 1, item: 0 } },
		]);
		const keys = sidecar.calls.map(({ headers }) => headers['idempotency-key']);
		expect(new Set(keys).size).toBe(2);
	});

	it('sends every option', async () => {
		const node = withOptions({
			environment: 'production',
			errorClass: 'data',
			fingerprint: '={{ "order " + $json.id }}',
			note: 'ask sales',
			reason: 'No such customer',
			severity: 'critical',
			ttlHours: 2,
		});
		await run([trigger, failing, node], [order(1, true)]);

		expect(sidecar.calls[0]?.body).toMatchObject({
			environment: 'production',
			errorClass: 'data',
			fingerprint: 'order 1',
			note: 'ask sales',
			severity: 'critical',
			ttlSeconds: 7200,
			error: { message: 'No such customer', httpStatus: 503 },
		});
	});
});

describe('Dead Letter in an error workflow', () => {
	const failed = {
		execution: {
			id: '187',
			url: 'http://n8n/workflow/w/executions/187',
			error: { name: 'NodeApiError', message: 'Gone', httpCode: '410', description: null },
			lastNodeExecuted: 'HTTP',
			mode: 'webhook',
		},
		workflow: { id: 'w', name: 'Invoices' },
	};

	it('names the failed execution and leaves reading its payload to the sidecar', async () => {
		await run([trigger, letterNode], [{ json: failed }]);

		expect(sidecar.calls[0]?.body).toEqual({
			origin: 'error-workflow',
			workflowId: 'w',
			workflowName: 'Invoices',
			executionId: '187',
			executionUrl: 'http://n8n/workflow/w/executions/187',
			error: { node: 'HTTP', name: 'NodeApiError', message: 'Gone', httpStatus: 410 },
		});
	});

	it('says which execution a failed retry was a retry of', async () => {
		const retried = { ...failed, execution: { ...failed.execution, retryOf: '180' } };
		await run([trigger, letterNode], [{ json: retried }]);

		expect(sidecar.calls[0]?.body).toMatchObject({ executionId: '187', retryOf: '180' });
	});

	it('keeps a trigger that failed before there was an execution', async () => {
		const json = {
			trigger: { error: { name: 'Error', message: 'Connection lost' }, mode: 'trigger' },
			workflow: failed.workflow,
		};
		await run([trigger, letterNode], [{ json }]);

		const { body } = sidecar.calls[0] ?? {};
		expect(body).toMatchObject({
			origin: 'error-workflow',
			workflowId: 'w',
			error: { message: 'Connection lost' },
		});
		expect(body).not.toHaveProperty('executionId');
	});

	it('takes such an item for business data when told that it is an error output', async () => {
		await run([trigger, withOptions({ source: 'errorOutput' })], [{ json: failed }]);

		expect(sidecar.calls[0]?.body).toMatchObject({
			origin: 'error-output',
			workflowId: 'workflow-1',
		});
	});
});

describe('Dead Letter when the sidecar fails', () => {
	it('tries again with the same key until the sidecar has kept the letter', async () => {
		sidecar.answer((_call, before) =>
			before < 2 ? problem(503, 'database_unavailable', 'Try later.') : { body: { id: 'dl' } },
		);
		const { json } = await run([trigger, failing, letterNode], [order(1, true)]);

		expect(sidecar.calls).toHaveLength(3);
		expect(new Set(sidecar.calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
		expect(json('Dead Letter')).toMatchObject([{ id: 'dl' }]);
	});

	it('waits as long as Retry-After asks', async () => {
		sidecar.answer((_call, before) =>
			before === 0
				? { status: 429, headers: { 'retry-after': '1' }, body: {} }
				: { body: { id: 'dl' } },
		);
		const began = performance.now();
		await run([trigger, failing, letterNode], [order(1, true)]);

		expect(performance.now() - began).toBeGreaterThan(950);
		expect(sidecar.calls).toHaveLength(2);
	});

	it('fails the execution in the words of the sidecar', async () => {
		sidecar.answer(() => problem(404, 'environment_not_found', 'No environment "prod".'));
		const { run: result } = await run([trigger, failing, letterNode], [order(1, true)]);

		expect(sidecar.calls).toHaveLength(1);
		expect(result.data.resultData.error).toMatchObject({
			name: 'NodeApiError',
			message: 'No environment "prod".',
			description: 'Code environment_not_found, request request-1',
			httpCode: '404',
			context: { itemIndex: 0 },
		});
	});

	it('names wrong fields', async () => {
		sidecar.answer(() => {
			const refused = problem(400, 'invalid_request', 'One field is wrong.');
			const errors = [{ path: 'ttlSeconds', message: 'at least 1' }];
			return { ...refused, body: { ...(refused.body as object), errors } };
		});
		const { run: result } = await run([trigger, failing, letterNode], [order(1, true)]);

		expect(result.data.resultData.error?.description).toContain('ttlSeconds: at least 1');
	});

	it('says that the token was refused', async () => {
		sidecar.answer(() => problem(401, 'token_expired', 'The token expired on Monday.'));
		const { run: result } = await run([trigger, failing, letterNode], [order(1, true)]);

		expect(sidecar.calls).toHaveLength(1);
		expect(result.data.resultData.error).toMatchObject({
			message: 'The token expired on Monday.',
			httpCode: '401',
		});
	});

	it('says what to do when nobody is there', async () => {
		const { run: result } = await run(
			[trigger, failing, letterNode],
			[order(1, true)],
			'http://127.0.0.1:9/',
		);

		expect(result.data.resultData.error).toMatchObject({
			message: 'Sidecar unreachable at http://127.0.0.1:9 (connection refused)',
			description: expect.stringContaining('Base URL') as string,
		});
	});

	it.each([
		['a page', { body: '<html>some other server</html>' }, '200'],
		['an empty yes', { body: {} }, '200'],
		['JSON of its own', { status: 404, body: { message: 'not found' } }, '404'],
	])('sees through another server that answers with %s', async (_name, answer, status) => {
		sidecar.answer(() => answer);
		const { run: result } = await run([trigger, failing, letterNode], [order(1, true)]);

		expect(result.data.resultData.error?.message).toBe(
			`Expected the sidecar at ${sidecar.url}, but the answer is not one of its own (status ${status})`,
		);
	});

	const goesOn = { ...letterNode, onError: 'continueRegularOutput' as const };

	it('passes the failure on as an item with On Error: Continue', async () => {
		sidecar.answer((call) =>
			JSON.stringify(call.body).includes('"id":1') && !lettersIn(call.body)
				? problem(413, 'body_too_large', 'Too large.')
				: lettersIn(call.body)
					? problem(413, 'body_too_large', 'Too large together.')
					: { body: { id: 'dl' } },
		);
		const two = [order(1, true), order(2, true)];
		const { json, run: result } = await run([trigger, failing, goesOn], two);

		expect(result.data.resultData.error).toBeUndefined();
		expect(sidecar.calls).toHaveLength(3);
		expect(json('Dead Letter')).toMatchObject([
			{
				id: 1,
				error: {
					message: 'Too large.',
					description: 'Code body_too_large, request request-1',
					code: 'body_too_large',
					httpStatus: 413,
					original: { name: 'AxiosError', message: '503 - "down"', httpStatus: 503 },
				},
			},
			{ id: 'dl' },
		]);
	});

	const withWrong = (wrong: number) => (call: SidecarCall, before: number) => {
		const letters = lettersIn(call.body) ?? [];
		const nth = letters.findIndex(({ failedInput }) => failedInput[0].json.id === wrong);
		if (nth < 0) return keeps(call, before);
		const refused = problem(400, 'invalid_request', 'One letter is wrong.');
		const errors = [{ path: `letters[${nth}].note`, message: 'too long' }];
		return { ...refused, body: { ...(refused.body as object), errors } };
	};
	const three = [order(1, true), order(2, true), order(3, true)];

	it('keeps the others when one of them is wrong, and goes on', async () => {
		sidecar.answer(withWrong(2));
		const { json } = await run([trigger, failing, goesOn], three);

		expect(json('Dead Letter')).toMatchObject([
			{ id: 'dl-1-0' },
			{ id: 2, error: { code: 'invalid_request' } },
			{ id: 'dl-1-2' },
		]);
	});

	it('fails at the item that is wrong and keeps none, unless it goes on', async () => {
		sidecar.answer(withWrong(3));
		const { run: result } = await run([trigger, failing, letterNode], three);

		expect(sidecar.calls).toHaveLength(1);
		expect(result.data.resultData.error).toMatchObject({ context: { itemIndex: 2 } });
	});

	it.each([
		['a fingerprint that gives nothing', { fingerprint: '={{ $json.nothing }}' }, 'fingerprint'],
		['a time to live that is none', { ttlHours: '={{ "soon" }}' }, 'Time to Live'],
		['a time to live that gives nothing', { ttlHours: '={{ $json.nothing }}' }, 'Time to Live'],
	])('names the item with %s, and sends nothing', async (_name, options, said) => {
		const { run: result } = await run([trigger, failing, withOptions(options)], three);
		const { error } = result.data.resultData;

		expect(error).toMatchObject({ name: 'NodeOperationError', context: { itemIndex: 0 } });
		expect(error?.message).toContain(said);
		expect(sidecar.calls).toEqual([]);
	});

	it('sends the item to its own error output, with what failed first kept inside', async () => {
		sidecar.answer(() => problem(500, 'internal_error', 'Sorry.'));
		const { json } = await run(
			[trigger, failing, { ...letterNode, onError: 'continueErrorOutput' as const }],
			[order(7, true)],
		);

		expect(json('Dead Letter')).toEqual([]);
		expect(json('Dead Letter', 1)).toMatchObject([
			{ id: 7, error: { message: 'Sorry.', original: { message: '503 - "down"' } } },
		]);
	});

	it('gives every item back when nobody is there', async () => {
		const many = Array.from({ length: 40 }, (_, id) => order(id, true));
		const { json } = await run(
			[trigger, failing, { ...letterNode, onError: 'continueRegularOutput' as const }],
			many,
			'http://127.0.0.1:9',
		);

		expect(json('Dead Letter')).toHaveLength(40);
	});
});

describe('Dead Letter that keeps in n8n while the sidecar is away', () => {
	const nobody = 'http://127.0.0.1:9';
	const keeping = withOptions({ whenAway: 'keep' });
	const two = [order(1, true), order(2, true)];

	it('starts one execution that holds the letters, and goes on', async () => {
		const begun: Array<{ info: IExecuteWorkflowInfo; options: ExecuteWorkflowOptions }> = [];
		const around: Chain['around'] = {
			executeWorkflow: async (info, _data, options) => {
				begun.push({ info, options });
				return { executionId: 'child-1', data: [null] };
			},
		};
		const { json, hints } = await runChain(n8n, {
			nodes: [trigger, failing, keeping],
			items: two,
			baseUrl: nobody,
			around,
		});

		expect(begun).toHaveLength(1);
		const { info, options } = begun[0] ?? {};
		expect(options).toMatchObject({ doNotWaitToFinish: true });
		expect(options?.parentExecution).toBeUndefined();
		const kept = options?.inputData?.map((item) => item.json['letter'] as unknown as SentLetter);
		expect(kept?.map(({ failedInput }) => failedInput[0].json.id)).toEqual([1, 2]);
		expect(info?.code?.nodes.map(({ type }) => type)).toContain('pack.deadLetter');
		expect(json('Dead Letter')).toEqual([
			{ deadLetterId: null, state: 'kept-in-n8n', keptIn: 'child-1' },
			{ deadLetterId: null, state: 'kept-in-n8n', keptIn: 'child-1' },
		]);
		expect(hints('Dead Letter')).toMatchObject([
			{ message: expect.stringContaining('child-1') as string },
		]);
	});

	it('fails when n8n cannot keep them either', async () => {
		const around: Chain['around'] = {
			executeWorkflow: async () => {
				throw new Error('database is locked');
			},
		};
		const { run: result } = await runChain(n8n, {
			nodes: [trigger, failing, keeping],
			items: two,
			baseUrl: nobody,
			around,
		});

		expect(result.data.resultData.error?.message).toMatch(/unreachable.*database is locked/);
	});

	it('does not keep what a sidecar that is there refuses', async () => {
		sidecar.answer(() => problem(401, 'token_expired', 'The token expired on Monday.'));
		const { run: result } = await run([trigger, failing, keeping], two);

		expect(result.data.resultData.error?.message).toBe('The token expired on Monday.');
	});
});

it('keeps 10,000 items in order, in few calls', async () => {
	const many = Array.from({ length: 10_000 }, (_, id) => order(id, true));
	const { json } = await run([trigger, failing, letterNode], many);

	expect(sidecar.calls).toHaveLength(10);
	const sent = sidecar.calls.flatMap(({ body }) => lettersIn(body) ?? []);
	expect(sent.map(({ failedInput }) => failedInput[0].json.id)).toEqual(many.map((_, id) => id));
	expect(json('Dead Letter').map(({ id }) => id)).toEqual(
		many.map((_, id) => `dl-${Math.floor(id / 1000)}-${id}`),
	);
}, 60_000);

it('does not repeat all items of the trigger in each of many letters', async () => {
	const forgetful = { name: 'Code', type: 'test.unpaired' };
	const many = Array.from({ length: 1500 }, (_, id) => order(id, true));
	await run([trigger, forgetful, failing, letterNode], many);

	const sent = sidecar.calls.flatMap(({ body }) => lettersIn(body) ?? []);
	expect(sent).toHaveLength(3000);
	expect(sent.filter((letter) => letter['trigger'] !== undefined)).toEqual([]);
}, 60_000);

it('gives nothing out for nothing in', async () => {
	const node = { ...letterNode, alwaysOutputData: false };
	const { items } = await run([trigger, failing, node], [order(1)]);

	expect(items('Dead Letter')).toEqual([]);
	expect(sidecar.calls).toEqual([]);
});
