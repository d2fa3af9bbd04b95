import { runInNewContext } from 'node:vm';
import type { Item } from '../../../sidecar/engines/port/execution';
import type { Recording } from '../../../sidecar/engines/port/rehearsals';
import type { WorkflowContent, WorkflowNode } from '../../../sidecar/engines/port/workflow';
import { isOutward } from '../../../sidecar/engines/n8n/outward';
import { stageContent } from '../../../sidecar/engines/n8n/stage-content';
import { chain, codeNode, node } from '../../support/n8n/workflows';

const base = (type: string, parameters: Record<string, unknown> = {}): WorkflowNode => ({
	name: 'X',
	type: type.includes('.') ? type : `n8n-nodes-base.${type}`,
	parameters,
});

describe('what reaches outside', () => {
	it.each([
		['httpRequest', {}],
		['postgres', {}],
		['emailSend', {}],
		['executeWorkflow', {}],
		['executeCommand', {}],
		['readWriteFile', {}],
		['@n8n/n8n-nodes-langchain.agent', {}],
		['n8n-nodes-orchestration.deadLetter', {}],
		['n8n-nodes-base.nodeOfTomorrow', {}],
		['code', { jsCode: 'return await this.helpers.httpRequest({ url })' }],
		['code', { jsCode: 'await fetch(url)' }],
		['code', { jsCode: "const http = require('http')" }],
		['code', { jsCode: 'const memory = $getWorkflowStaticData("global")' }],
		['code', { jsCode: '[].constructor.constructor("…")()' }],
		['code', { language: 'python', pythonCode: 'import requests' }],
		['removeDuplicates', { operation: 'removeItemsSeenInPreviousExecutions' }],
		['wait', { resume: 'webhook' }],
	])('%s %j does', (type, parameters) => {
		expect(isOutward(base(type, parameters))).toBe(true);
	});

	it.each([
		['set', {}],
		['if', {}],
		['merge', {}],
		['code', { jsCode: 'return $input.all().filter(({ json }) => json.paid);' }],
		['wait', { amount: 3 }],
		['respondToWebhook', {}],
	])('%s %j does not', (type, parameters) => {
		expect(isOutward(base(type, parameters))).toBe(false);
	});

	it('a node that holds a credential does, whatever it is', () => {
		expect(isOutward({ ...base('crypto'), credentials: { crypto: { id: '1' } } })).toBe(true);
	});
});

const trigger = node('Webhook', 'n8n-nodes-base.webhook', 2);
const call = node(
	'Call',
	'n8n-nodes-base.httpRequest',
	4.2,
	{ url: 'https://x' },
	{
		onError: 'continueErrorOutput',
		credentials: { httpHeaderAuth: { id: '1', name: 'key' } },
	},
);
const work = codeNode('Work', 'return $input.all();');
const body = chain('Orders', [trigger, call, work], { errorWorkflow: 'alarm', timezone: 'UTC' });
const content: WorkflowContent = { ...body, nodes: body.nodes.map((each) => ({ ...each })) };
const recording = (given: Partial<Recording> = {}): Recording => ({
	executionId: '7',
	ran: content,
	runs: [{ node: 'Call', given: 1, outputs: [[{ json: { ok: true } }]], failed: false }],
	...given,
});
const staged = (...recordings: Recording[]) => stageContent(content, 'Webhook', recordings);
const nodeIn = (result: ReturnType<typeof staged>, name: string) =>
	result.content.nodes.find((each) => each.name === name);

/** What the program of a played-back node gives, as n8n would run it. */
function played(result: ReturnType<typeof staged>, input: Item[], run = 0): unknown {
	const code = String(nodeIn(result, 'Call')?.parameters?.['jsCode']);
	const context = { $runIndex: run, $input: { all: () => input } };
	return JSON.parse(JSON.stringify(runInNewContext(`(() => {${code}})()`, context)));
}

describe('a staged definition', () => {
	it('keeps no credential, no error workflow and no error output of what it replaces', () => {
		const result = staged(recording());
		expect(result.assumed).toEqual([{ node: 'Call', executionId: '7' }]);
		expect(nodeIn(result, 'Call')).toMatchObject({ type: 'n8n-nodes-base.code' });
		expect(nodeIn(result, 'Call')).not.toHaveProperty('onError');
		expect(JSON.stringify(result.content)).not.toMatch(/credentials|alarm|https:/);
		expect(result.content.settings).toMatchObject({ timezone: 'UTC' });
	});

	it('gives what was recorded, once for each item where it did so', () => {
		const result = staged(recording());
		const item = { json: {} };
		expect(played(result, [item])).toEqual([{ json: { ok: true } }]);
		expect(played(result, [item, item])).toEqual([
			{ json: { ok: true }, pairedItem: 0 },
			{ json: { ok: true }, pairedItem: 1 },
		]);
		expect(() => played(result, [item], 1)).toThrow('is run once more');
	});

	it('refuses to guess where the counts do not fit', () => {
		const outputs = [[{ json: { a: 1 } }]];
		const result = staged(
			recording({ runs: [{ node: 'Call', given: 3, outputs, failed: false }] }),
		);
		expect(() => played(result, [{ json: {} }])).toThrow('for 3 items, and is given 1');
	});

	it('gives items the way they went, from a second output too', () => {
		const { connections } = content;
		const toWork = [{ node: 'Work', type: 'main' as const, index: 0 }];
		const split = { ...content, connections: { ...connections, Call: { main: [[], toWork] } } };
		const outputs = [[], [{ json: { no: 1 } }]];
		const runs = [{ node: 'Call', given: 1, outputs, failed: false }];
		const result = stageContent(split, 'Webhook', [recording({ runs })]);
		expect(result.content.connections['Call']).toEqual({ main: [toWork] });
	});

	it.each<[string, Recording[], RegExp]>([
		['nothing was recorded', [], /no execution has recorded/],
		[
			'it was another kind of node then',
			[recording({ ran: { ...content, nodes: [{ ...call, type: 'n8n-nodes-base.set' }] } })],
			/no execution has recorded/,
		],
		[
			'it failed itself',
			[recording({ runs: [{ node: 'Call', given: 1, outputs: [], failed: true }] })],
			/itself failed in execution 7/,
		],
		[
			'it gave files',
			[
				recording({
					runs: [
						{
							node: 'Call',
							given: 1,
							outputs: [[{ json: {}, binary: { data: {} } }]],
							failed: false,
						},
					],
				}),
			],
			/gave files/,
		],
		[
			'it gave items both ways',
			[
				recording({
					runs: [
						{ node: 'Call', given: 2, outputs: [[{ json: {} }], [{ json: {} }]], failed: false },
					],
				}),
			],
			/several outputs/,
		],
	])('stops at a node where %s', (_, recordings, why) => {
		const result = staged(...recordings);
		expect(result.unknown).toEqual([{ node: 'Call', why: expect.stringMatching(why) as string }]);
		expect(nodeIn(result, 'Call')).toMatchObject({ type: 'n8n-nodes-base.stopAndError' });
	});

	it('takes the failed execution first, and a successful one for what that did not come to', () => {
		const failed = recording({ executionId: '8', runs: [] });
		expect(staged(failed, recording()).assumed).toEqual([{ node: 'Call', executionId: '7' }]);
	});

	it('makes nothing of what the run cannot come to', () => {
		const timer = node('Timer', 'n8n-nodes-base.scheduleTrigger', 1.2, { rule: 'every minute' });
		const result = stageContent(
			{ ...content, nodes: [...content.nodes, { ...timer }] },
			'Webhook',
			[],
		);
		expect(nodeIn(result, 'Timer')).toMatchObject({ type: 'n8n-nodes-base.noOp', parameters: {} });
	});
});
