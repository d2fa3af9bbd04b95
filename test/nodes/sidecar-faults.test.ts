import type { INode } from 'n8n-workflow';

import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { runChain } from './support/run-nodes';
import {
	problem,
	startScriptedSidecar,
	type ScriptedSidecar,
	type SidecarAnswer,
} from './support/scripted-sidecar';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

const circuit = { __rl: true, mode: 'name', value: 'pay' };
const nodes: Record<string, object> = {
	'circuitBreaker guard': { operation: 'guard', scope: 'fleet', circuit },
	'circuitBreaker report': { operation: 'report', scope: 'fleet', circuit, whenAway: 'open' },
	'deadLetter enqueue': {},
	'orchestration get': { resource: 'circuit', operation: 'get', circuit },
	'rateLimit acquire': { operation: 'acquire', key: 'pay' },
	'rateLimit acquireLease': { operation: 'acquireLease', key: 'pay' },
	'rateLimit feedback': { operation: 'feedback', key: 'pay', options: { status: 200 } },
};

/** What stands where the sidecar should, and what of it the error must say. */
const faults: Record<string, { answer: SidecarAnswer; says: RegExp }> = {
	'a wrong token': {
		answer: problem(401, 'token_expired', 'The token expired on Monday.'),
		says: /expired on Monday/,
	},
	'a sidecar without this route': { answer: { status: 404, body: {} }, says: /not one of its own/ },
	'another server': { answer: { body: '<html>Welcome</html>' }, says: /not one of its own/ },
};

const cases = Object.keys(nodes).flatMap((name) =>
	Object.keys(faults).map((fault) => [name, fault] as const),
);

async function run(name: string, onError: INode['onError'], answer: SidecarAnswer) {
	sidecar.answer(() => answer);
	const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
	return await runChain(n8n, {
		nodes: [
			{ name: 'Trigger', type: 'test.trigger' },
			// Loses the pairing, as a Code node may.
			{ name: 'Code', type: 'test.unpaired' },
			{
				name: 'Node',
				type: `pack.${name.split(' ')[0]}`,
				parameters: nodes[name] as never,
				...(onError ? { onError } : {}),
			},
		],
		items: [{ json: { id: 1 }, binary: { note: file } }, { json: { id: 2 } }],
		baseUrl: sidecar.url,
	});
}

it.each(cases)('%s fails at an item, and says what to do, with %s', async (name, fault) => {
	const { answer, says } = faults[fault] as (typeof faults)[string];
	const { error } = (await run(name, 'stopWorkflow', answer)).run.data.resultData;

	expect(error?.message).toMatch(says);
	expect(error).toMatchObject({
		name: 'NodeApiError',
		description: expect.stringMatching(/Code token_expired|Base URL/) as string,
		context: { itemIndex: 0 },
	});
});

it.each(cases)('%s loses and doubles no item when it goes on with %s', async (name, fault) => {
	const { answer, says } = faults[fault] as (typeof faults)[string];
	const outcome = await run(name, 'continueRegularOutput', answer);
	const left = [0, 1, 2].flatMap((output) => outcome.json('Node', output));

	expect(outcome.run.data.resultData.error).toBeUndefined();
	expect(left.map(({ id }) => id)).toEqual([1, 2, 1, 2]);
	for (const { error } of left) {
		expect((error as { message: string }).message).toMatch(says);
	}
});

it.each(cases)('%s sends every item to its error output with %s', async (name, fault) => {
	const { answer } = faults[fault] as (typeof faults)[string];
	const outcome = await run(name, 'continueErrorOutput', answer);
	const outputs = [0, 1, 2].map((output) => outcome.json('Node', output));
	const last = outputs.findLastIndex((items) => items.length > 0);

	expect(outputs.flat()).toHaveLength(4);
	expect(outputs[last]).toHaveLength(4);
	expect(outputs[last]?.every(({ error }) => typeof error === 'object')).toBe(true);
});
