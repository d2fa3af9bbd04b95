import {
	failing,
	inLetterRoom,
	letterNode,
	lettersIn,
	order,
	trigger,
	withOptions,
} from './support/letter-room';
import { EXECUTION_ID, runChain, TOKEN } from './support/run-nodes';

const room = inLetterRoom();

describe('Dead Letter on an error output', () => {
	it('sends the error, the failed input and the trigger item it stems from', async () => {
		const { json } = await room.run([trigger, failing, letterNode], [order(1), order(2, true)]);

		expect(room.sidecar.calls).toHaveLength(1);
		expect(room.sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/dead-letters',
			headers: { authorization: `Bearer ${TOKEN}` },
		});
		expect(room.sidecar.calls[0]?.body).toEqual({
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
			{ deadLetterId: 'dl-0', id: 'dl-0', url: `${room.sidecar.url}/api/v1/dead-letters/dl-0` },
		]);
	});

	it('makes one letter and one output item for each failed item, paired with it', async () => {
		const bad = [1, 2, 3, 4, 5, 6].map((id) => order(id, true));
		const { items } = await room.run([trigger, failing, letterNode], bad);

		expect(room.sidecar.calls).toHaveLength(1);
		const sent = lettersIn(room.sidecar.calls[0]?.body) ?? [];
		expect(sent.map(({ failedInput }) => failedInput[0].json.id)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(items('Dead Letter').map(({ pairedItem, json }) => [pairedItem, json['id']])).toEqual(
			bad.map((_, item) => [{ item }, `dl-0-${item}`]),
		);
	});

	it('finds what the failed node was given when its error output lost it', async () => {
		await room.run([trigger, { ...failing, type: 'test.terse' }, letterNode], [order(8)]);

		expect(room.sidecar.calls[0]?.body).toMatchObject({
			failedInput: [{ json: { id: 8 } }],
			error: { node: 'HTTP', name: 'NodeApiError', message: 'Rate limit', httpStatus: 429 },
		});
	});

	it('sends all items of the trigger, and says so, where n8n lost the pairing', async () => {
		const forgetful = { name: 'Code', type: 'test.unpaired' };
		const { hints } = await room.run(
			[trigger, forgetful, failing, letterNode],
			[order(1, true), order(2, true)],
		);

		expect(lettersIn(room.sidecar.calls[0]?.body)?.[0]).toMatchObject({
			trigger: { node: 'Webhook', items: [{ json: { id: 1 } }, { json: { id: 2 } }] },
		});
		expect(hints('Dead Letter')).toEqual([
			expect.objectContaining({ message: expect.stringContaining('pairedItem') as string }),
		]);
	});

	it('puts the files of the trigger item into the letter', async () => {
		const data = Buffer.from('hello').toString('base64');
		const file = { data, mimeType: 'text/plain', fileName: 'note.txt' };
		await room.run([trigger, failing, letterNode], [{ ...order(1, true), binary: { note: file } }]);

		expect(room.sidecar.calls[0]?.body).toMatchObject({
			trigger: {
				items: [{ binary: { note: { data, mimeType: 'text/plain', fileName: 'note.txt' } } }],
			},
		});
	});

	it('leaves out a file that is too large, and says so in the letter', async () => {
		const data = Buffer.alloc(9 * 1024 * 1024, 'x').toString('base64');
		const file = { data, mimeType: 'text/plain', fileName: 'big.txt' };
		await room.run([trigger, failing, letterNode], [{ ...order(1, true), binary: { big: file } }]);

		const { trigger: sent } = room.sidecar.calls[0]?.body as { trigger: { items: unknown[] } };
		expect(sent.items[0]).toMatchObject({
			binary: {
				big: { fileName: 'big.txt', omitted: expect.stringContaining('8 MB') as string },
			},
		});
		expect(JSON.stringify(sent).length).toBeLessThan(1000);
	});

	it('keeps an item without an error too, and hints at the error output', async () => {
		const { hints } = await room.run([trigger, letterNode], [order(1)]);

		expect(room.sidecar.calls[0]?.body).toMatchObject({
			failedInput: [{ json: { id: 1 } }],
			error: { node: 'Webhook', message: 'Sent to dead letters without an error' },
		});
		expect(hints('Dead Letter')).toEqual([
			expect.objectContaining({ message: expect.stringContaining('error output') as string }),
		]);
	});

	it('tells the runs of a node apart that is reached more than once', async () => {
		const nodes = [trigger, { name: 'A', type: 'test.pass' }, letterNode];
		await runChain(room.n8n, {
			nodes,
			wires: [['Webhook', 'Dead Letter']],
			items: [order(1)],
			baseUrl: room.sidecar.url,
		});

		expect(room.sidecar.calls.map(({ body }) => body)).toMatchObject([
			{ position: { run: 0, item: 0 } },
			{ position: { run: 1, item: 0 } },
		]);
		const keys = room.sidecar.calls.map(({ headers }) => headers['idempotency-key']);
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
		await room.run([trigger, failing, node], [order(1, true)]);

		expect(room.sidecar.calls[0]?.body).toMatchObject({
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

it('keeps 10,000 items in order, in few calls', async () => {
	const many = Array.from({ length: 10_000 }, (_, id) => order(id, true));
	const { json } = await room.run([trigger, failing, letterNode], many);

	expect(room.sidecar.calls).toHaveLength(10);
	const sent = room.sidecar.calls.flatMap(({ body }) => lettersIn(body) ?? []);
	expect(sent.map(({ failedInput }) => failedInput[0].json.id)).toEqual(many.map((_, id) => id));
	expect(json('Dead Letter').map(({ id }) => id)).toEqual(
		many.map((_, id) => `dl-${Math.floor(id / 1000)}-${id}`),
	);
}, 60_000);

it('does not repeat all items of the trigger in each of many letters', async () => {
	const forgetful = { name: 'Code', type: 'test.unpaired' };
	const many = Array.from({ length: 1500 }, (_, id) => order(id, true));
	await room.run([trigger, forgetful, failing, letterNode], many);

	const sent = room.sidecar.calls.flatMap(({ body }) => lettersIn(body) ?? []);
	expect(sent).toHaveLength(3000);
	expect(sent.filter((letter) => letter['trigger'] !== undefined)).toEqual([]);
}, 60_000);

it('gives nothing out for nothing in', async () => {
	const node = { ...letterNode, alwaysOutputData: false };
	const { items } = await room.run([trigger, failing, node], [order(1)]);

	expect(items('Dead Letter')).toEqual([]);
	expect(room.sidecar.calls).toEqual([]);
});
