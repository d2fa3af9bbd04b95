import { readFilter, type FilteredEvent } from '../../../sidecar/webhooks/filter';

const event: FilteredEvent = {
	type: 'invoice.paid',
	key: 'cus_1',
	subject: null,
	environment: 'production',
	headers: { 'x-github-event': 'push' },
	query: { mode: 'test' },
	body: {
		amount: 100,
		name: 'Łódź "quoted"',
		live: false,
		none: null,
		tags: ['new', 'vip'],
		lines: [{ sku: 'a-1' }, { sku: 'b-2' }],
		'odd key.with]': { deep: 1 },
	},
};

it.each([
	['body.amount == 100', true],
	['body.amount >= 100 and body.amount<101', true],
	['body.amount > 100', false],
	['body.amount == -1.5e2 or body.amount <= 1e2', true],
	['type == "invoice.paid"', true],
	['type startsWith "invoice." and not type endsWith "draft"', true],
	['key in ("cus_2", "cus_1")', true],
	['key in ("cus_2")', false],
	['subject == null', true],
	['environment != "production"', false],
	['headers["X-GitHub-Event"] == "push"', true],
	['query.mode == "test"', true],
	['body.live == false', true],
	['body.none == null and exists(body.none)', true],
	['exists(body.gone) or body.gone == null', false],
	['body.gone != 1', true],
	['body.tags contains "vip"', true],
	['body.name contains "ódź \\"q"', true],
	['body.lines[1].sku == "b-2"', true],
	['body["odd key.with]"].deep == 1', true],
	['not (body.amount == 100 and body.live == true)', true],
	['body.amount == "100"', false],
	['body.name > 5', false],
	['body.live == true or body.amount == 100 and type == "x"', false],
	['body.constructor == null', false],
	['exists(body.__proto__)', false],
	['exists(body.amount.toFixed)', false],
])('%s is %s', (filter, wanted) => {
	expect(readFilter(filter)(event)).toBe(wanted);
});

it('is false for a body that is no JSON, and does not fail', () => {
	expect(readFilter('body.a.b == 1')({ ...event, body: undefined })).toBe(false);
	expect(readFilter('not body.a.b == 1')({ ...event, body: 'text' })).toBe(true);
});

it.each([
	['', 'a path'],
	['body.amount', 'one of =='],
	['body.amount =', 'operator'],
	['amount == 1', 'a path that begins with'],
	['body.amount == abc', 'a value'],
	['body.amount == 1 body.b == 2', '"and", "or" or its end'],
	['(body.amount == 1', '")"'],
	['body.amount in "a"', '"("'],
	['body.a == "unclosed', 'operator'],
	['body.a == "bad \\q"', 'as in JSON'],
	['exists(body', '")"'],
	['body.a == 1; process.exit()', 'operator'],
	[`${'('.repeat(60)}body.a == 1${')'.repeat(60)}`, 'at most 50'],
])('%s is refused, saying what was expected', (filter, expected) => {
	expect(() => readFilter(filter)).toThrow(
		expect.objectContaining({
			code: 'invalid_request',
			message: expect.stringContaining(expected),
		}),
	);
});
