import type { IDataObject } from 'n8n-workflow';

import { inLimitRoom, items, limit, nobody } from './support/limit-room';

const room = inLimitRoom();

describe('Feedback', () => {
	const told = () => room.sidecar.calls.map(({ body }) => body);
	beforeEach(() => room.sidecar.answer(() => ({ body: { key: 'pay' } })));

	it.each([
		[
			'a whole response',
			{ statusCode: 429, headers: { 'Retry-After': '30', 'set-cookie': 'secret' }, body: {} },
			{ status: 429, headers: { 'retry-after': '30' } },
		],
		[
			'a failed one',
			{ error: { message: 'no', status: 503, response: { headers: { 'retry-after': '9' } } } },
			{ status: 503, headers: { 'retry-after': '9' } },
		],
		['a status only', { statusCode: 200 }, { status: 200, headers: {} }],
	])('tells of %s, and of no header it need not', async (_what, json, expected) => {
		const { items: left } = await room.run(limit('feedback'), [{ json: json as IDataObject }]);

		expect(told()).toEqual([expected]);
		expect(left('Limit')[0]?.json).toEqual(json);
	});

	it('tells once for all items: of the one that asks for the longest pause', async () => {
		const answers = [
			{ statusCode: 429, headers: { 'retry-after': '5' } },
			{ statusCode: 429, headers: { 'retry-after': '60' } },
			{ statusCode: 200, headers: {} },
		];
		await room.run(
			limit('feedback'),
			answers.map((json) => ({ json })),
		);

		expect(told()).toEqual([{ status: 429, headers: { 'retry-after': '60' } }]);
	});

	it('takes status and headers from Options', async () => {
		const options = { status: '={{ $json.code }}', headers: '{"X-RateLimit-Remaining":"0"}' };
		await room.run(limit('feedback', { options }), [{ json: { code: 429 } }]);

		expect(told()).toEqual([{ status: 429, headers: { 'x-ratelimit-remaining': '0' } }]);
	});

	it('says what to do when items carry no status', async () => {
		const { hints, items: left } = await room.run(limit('feedback'), items(1));

		expect(room.sidecar.calls).toEqual([]);
		expect(left('Limit')).toHaveLength(1);
		expect(hints('Limit')[0]?.message).toContain('Include Response Headers and Status');
	});

	it('does not fail a workflow because it is lost', async () => {
		const { hints, items: left } = await room.run(
			limit('feedback'),
			[{ json: { statusCode: 200 } }],
			nobody,
		);

		expect(left('Limit')).toHaveLength(1);
		expect(hints('Limit')[0]?.message).toContain('lost');
	});
});
