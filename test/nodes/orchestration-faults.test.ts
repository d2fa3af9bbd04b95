import { letter, locator, inOrchestrationRoom, workflow } from './support/orchestration-room';
import { runChain } from './support/run-nodes';
import { problem } from './support/scripted-sidecar';

const room = inOrchestrationRoom();

const missing = { resource: 'version', operation: 'get', versionId: '={{ $json.id }}' };
const three = [{ json: { id: 'a' } }, { json: { id: 'b' } }, { json: { id: 'c' } }];
const secondIsUnknown = () =>
	room.sidecar.answer(({ route }) =>
		route.endsWith('/b')
			? problem(404, 'version_not_found', 'No version "b".')
			: { body: { id: route.at(-1) } },
	);

it('runs for each item', async () => {
	const { json } = await room.orchestrate(missing, {}, three);

	expect(room.sidecar.calls.map(({ route }) => route.at(-1))).toEqual(['a', 'b', 'c']);
	expect(json).toHaveLength(3);
});

it('names the item that failed', async () => {
	secondIsUnknown();
	const { error } = await room.orchestrate(missing, {}, three);

	expect(error).toMatchObject({ message: 'No version "b".', context: { itemIndex: 1 } });
});

it('goes on with the others with On Error: Continue', async () => {
	secondIsUnknown();
	const { json } = await room.orchestrate(missing, { onError: 'continueRegularOutput' }, three);

	expect(json).toMatchObject([
		{ id: 'a' },
		{ error: { code: 'version_not_found', httpStatus: 404 } },
		{ id: 'c' },
	]);
});

it('sends only the failed one to the error output', async () => {
	secondIsUnknown();
	const { json, errorItems } = await room.orchestrate(
		missing,
		{ onError: 'continueErrorOutput' },
		three,
	);

	expect(json).toEqual([{ id: 'a' }, { id: 'c' }]);
	expect(errorItems).toMatchObject([{ id: 'b', error: { message: 'No version "b".' } }]);
});

it('gives every item back, with its own data, when nobody is there', async () => {
	const outcome = await runChain(room.n8n, {
		nodes: [
			{ name: 'Trigger', type: 'test.trigger' },
			{
				name: 'Orchestration',
				type: 'pack.orchestration',
				parameters: missing,
				onError: 'continueRegularOutput',
			},
		],
		items: Array.from({ length: 200 }, (_, id) => ({ json: { id } })),
		baseUrl: 'http://127.0.0.1:9',
	});
	const json = outcome.json('Orchestration');

	expect(json.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, id) => id));
	expect(json[199]?.['error']).toMatchObject({
		message: expect.stringContaining('unreachable') as string,
	});
});

it('stops at a cancellation, also when it goes on after errors', async () => {
	const cancel = new AbortController();
	room.sidecar.answer(() => {
		cancel.abort();
		return { body: { id: 'x' } };
	});
	const { run } = await runChain(room.n8n, {
		nodes: [
			{ name: 'Trigger', type: 'test.trigger' },
			{
				name: 'Orchestration',
				type: 'pack.orchestration',
				parameters: missing,
				onError: 'continueRegularOutput',
			},
		],
		items: Array.from({ length: 50 }, (_, id) => ({ json: { id } })),
		baseUrl: room.sidecar.url,
		cancel: cancel.signal,
	});

	expect(run.status).not.toBe('success');
	expect(room.sidecar.calls.length).toBeLessThan(3);
});

it('runs nothing for no items', async () => {
	const { json, error } = await room.orchestrate(missing, {}, []);

	expect(error).toBeUndefined();
	expect(json).toEqual([]);
	expect(room.sidecar.calls).toEqual([]);
});

it.each([
	[{ ...letter, deadLetterId: '  ', operation: 'get' }, 'Expected "Dead Letter", got nothing'],
	[
		{ resource: 'execution', operation: 'start', ...workflow, payload: '{"order": ' },
		'Expected "Payload" to be JSON, got "{\\"order\\": "',
	],
	[
		{
			resource: 'rateLimit',
			operation: 'set',
			rateLimit: locator('r'),
			newLimit: '={{ "many" }}',
		},
		'Expected "Limit" to be a number from 1 on, got "many"',
	],
	[
		{
			resource: 'rateLimit',
			operation: 'feedback',
			rateLimit: locator('r'),
			options: { headers: '[1]' },
		},
		'Expected "Headers" to be a JSON object',
	],
	[
		{
			resource: 'version',
			operation: 'create',
			...workflow,
			environment: locator('={{ $json.gone }}'),
		},
		'Expected "Environment", got nothing',
	],
])('asks for a required field before it calls the sidecar', async (parameters, message) => {
	const { error } = await room.orchestrate(parameters);

	expect(error?.message).toBe(message);
	expect(room.sidecar.calls).toEqual([]);
});

it('refuses an operation that does not exist', async () => {
	const { error } = await room.orchestrate({ resource: 'deadLetter', operation: 'burn' });

	expect(error?.message).toBe(
		'Expected a known resource and operation, got "deadLetter" and "burn"',
	);
});
