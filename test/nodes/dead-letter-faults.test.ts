import {
	failing,
	inLetterRoom,
	keeps,
	letterNode,
	lettersIn,
	order,
	trigger,
	withOptions,
} from './support/letter-room';
import { problem, type SidecarCall } from './support/scripted-sidecar';

const room = inLetterRoom();

describe('Dead Letter when the sidecar fails', () => {
	it('tries again with the same key until the sidecar has kept the letter', async () => {
		room.sidecar.answer((_call, before) =>
			before < 2 ? problem(503, 'database_unavailable', 'Try later.') : { body: { id: 'dl' } },
		);
		const { json } = await room.run([trigger, failing, letterNode], [order(1, true)]);

		expect(room.sidecar.calls).toHaveLength(3);
		expect(new Set(room.sidecar.calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(
			1,
		);
		expect(json('Dead Letter')).toMatchObject([{ id: 'dl' }]);
	});

	it('waits as long as Retry-After asks', async () => {
		room.sidecar.answer((_call, before) =>
			before === 0
				? { status: 429, headers: { 'retry-after': '1' }, body: {} }
				: { body: { id: 'dl' } },
		);
		const began = performance.now();
		await room.run([trigger, failing, letterNode], [order(1, true)]);

		expect(performance.now() - began).toBeGreaterThan(950);
		expect(room.sidecar.calls).toHaveLength(2);
	});

	it('fails the execution in the words of the sidecar', async () => {
		room.sidecar.answer(() => problem(404, 'environment_not_found', 'No environment "prod".'));
		const { run: result } = await room.run([trigger, failing, letterNode], [order(1, true)]);

		expect(room.sidecar.calls).toHaveLength(1);
		expect(result.data.resultData.error).toMatchObject({
			name: 'NodeApiError',
			message: 'No environment "prod".',
			description: 'Code environment_not_found, request request-1',
			httpCode: '404',
			context: { itemIndex: 0 },
		});
	});

	it('names wrong fields', async () => {
		room.sidecar.answer(() => {
			const refused = problem(400, 'invalid_request', 'One field is wrong.');
			const errors = [{ path: 'ttlSeconds', message: 'at least 1' }];
			return { ...refused, body: { ...(refused.body as object), errors } };
		});
		const { run: result } = await room.run([trigger, failing, letterNode], [order(1, true)]);

		expect(result.data.resultData.error?.description).toContain('ttlSeconds: at least 1');
	});

	it('says that the token was refused', async () => {
		room.sidecar.answer(() => problem(401, 'token_expired', 'The token expired on Monday.'));
		const { run: result } = await room.run([trigger, failing, letterNode], [order(1, true)]);

		expect(room.sidecar.calls).toHaveLength(1);
		expect(result.data.resultData.error).toMatchObject({
			message: 'The token expired on Monday.',
			httpCode: '401',
		});
	});

	it('says what to do when nobody is there', async () => {
		const { run: result } = await room.run(
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
		room.sidecar.answer(() => answer);
		const { run: result } = await room.run([trigger, failing, letterNode], [order(1, true)]);

		expect(result.data.resultData.error?.message).toBe(
			`Expected the sidecar at ${room.sidecar.url}, but the answer is not one of its own (status ${status})`,
		);
	});

	const goesOn = { ...letterNode, onError: 'continueRegularOutput' as const };

	it('passes the failure on as an item with On Error: Continue', async () => {
		room.sidecar.answer((call) =>
			JSON.stringify(call.body).includes('"id":1') && !lettersIn(call.body)
				? problem(413, 'body_too_large', 'Too large.')
				: lettersIn(call.body)
					? problem(413, 'body_too_large', 'Too large together.')
					: { body: { id: 'dl' } },
		);
		const two = [order(1, true), order(2, true)];
		const { json, run: result } = await room.run([trigger, failing, goesOn], two);

		expect(result.data.resultData.error).toBeUndefined();
		expect(room.sidecar.calls).toHaveLength(3);
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
		room.sidecar.answer(withWrong(2));
		const { json } = await room.run([trigger, failing, goesOn], three);

		expect(json('Dead Letter')).toMatchObject([
			{ id: 'dl-1-0' },
			{ id: 2, error: { code: 'invalid_request' } },
			{ id: 'dl-1-2' },
		]);
	});

	it('fails at the item that is wrong and keeps none, unless it goes on', async () => {
		room.sidecar.answer(withWrong(3));
		const { run: result } = await room.run([trigger, failing, letterNode], three);

		expect(room.sidecar.calls).toHaveLength(1);
		expect(result.data.resultData.error).toMatchObject({ context: { itemIndex: 2 } });
	});

	it.each([
		['a fingerprint that gives nothing', { fingerprint: '={{ $json.nothing }}' }, 'fingerprint'],
		['a time to live that is none', { ttlHours: '={{ "soon" }}' }, 'Time to Live'],
		['a time to live that gives nothing', { ttlHours: '={{ $json.nothing }}' }, 'Time to Live'],
	])('names the item with %s, and sends nothing', async (_name, options, said) => {
		const { run: result } = await room.run([trigger, failing, withOptions(options)], three);
		const { error } = result.data.resultData;

		expect(error).toMatchObject({ name: 'NodeOperationError', context: { itemIndex: 0 } });
		expect(error?.message).toContain(said);
		expect(room.sidecar.calls).toEqual([]);
	});

	it('sends the item to its own error output, with what failed first kept inside', async () => {
		room.sidecar.answer(() => problem(500, 'internal_error', 'Sorry.'));
		const { json } = await room.run(
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
		const { json } = await room.run(
			[trigger, failing, { ...letterNode, onError: 'continueRegularOutput' as const }],
			many,
			'http://127.0.0.1:9',
		);

		expect(json('Dead Letter')).toHaveLength(40);
	});
});
