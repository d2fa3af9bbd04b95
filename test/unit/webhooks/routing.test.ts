import { afterAttempt } from '../../../sidecar/webhooks/after-attempt';
import { lazyJson, readPlace, textFrom, valueAt } from '../../../sidecar/webhooks/json-place';
import { environmentAt } from '../../../sidecar/webhooks/put-subscription';
import { fitsPattern } from '../../../sidecar/webhooks/wildcards';
import { environmentNamed, noon } from '../../support/dead-letters/letters';

it.each([
	['*', '', true],
	['*', 'invoice.paid', true],
	['invoice.*', 'invoice.paid', true],
	['invoice.*', 'invoice.payment.failed', true],
	['invoice.*', 'invoice', false],
	['*.paid', 'invoice.paid', true],
	['*.paid', 'invoice.paid.again', false],
	['in*ce.*d', 'invoice.paid', true],
	['invoice.paid', 'invoice.paid', true],
	['invoice.paid', 'invoice.pai', false],
	['invoice?paid', 'invoice.paid', false],
	['a*a*a*a*b', 'a'.repeat(10_000), false],
])('the pattern %s and the type %s: %s', (pattern, type, fits) => {
	expect(fitsPattern(pattern, type)).toBe(fits);
});

it.each([
	['data.object.id', ['data', 'object', 'id']],
	['$.a[0]["x-y"].b', ['a', 0, 'x-y', 'b']],
	['["a.b"]', ['a.b']],
	['$["a"]', ['a']],
	['', null],
	['a..b', null],
	['a[', null],
	['a b', null],
])('reads the path %s', (text, place) => {
	expect(readPlace(text)).toEqual(place);
});

it('finds texts in headers and bodies, and nothing where there is none', () => {
	const json = lazyJson(Buffer.from('{"id": 7, "on": true, "of": {"x": "y"}, "none": ""}'));
	const headers = { 'x-id': 'h1' };
	expect(textFrom({ header: 'X-Id' }, headers, json)).toBe('h1');
	expect(textFrom({ path: 'id' }, headers, json)).toBe('7');
	expect(textFrom({ path: 'on' }, headers, json)).toBe('true');
	expect(textFrom({ path: 'of.x' }, headers, json)).toBe('y');
	for (const path of ['of', 'none', 'gone', 'toString']) {
		expect(textFrom({ path }, headers, json)).toBeNull();
	}
	expect(textFrom(null, headers, json)).toBeNull();
});

it('reads JSON of any depth, and takes what is none as no JSON', () => {
	const deep = lazyJson(Buffer.from(`${'['.repeat(400_000)}${']'.repeat(400_000)}`));
	expect(valueAt(deep(), [0, 0, 'x'])).toBeUndefined();
	for (const body of ['{"a":', '\ufeff{}', 'a=b', '']) {
		expect(lazyJson(Buffer.from(body))()).toBeUndefined();
	}
	expect(lazyJson(Buffer.from([0xff, 0xfe, 0x00]))()).toBeUndefined();
});

describe('after an attempt', () => {
	const retry = { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 60_000 };
	const failed = { ok: false as const, error: 'no', answer: null, retryAfterMs: null };
	const after = (status: number | null, attempts: number, retryAfterMs: number | null = null) =>
		afterAttempt({ ...failed, status, retryAfterMs }, attempts, retry, noon, 0);

	it('is delivered when the receiver said yes', () => {
		const outcome = { ok: true as const, status: 204, answer: null };
		expect(afterAttempt(outcome, 3, retry, noon, 0)).toEqual({ state: 'delivered' });
	});

	it('waits longer each time, and at least as long as was asked for', () => {
		const wait = (ms: number) => ({ state: 'pending', at: new Date(noon.getTime() + ms) });
		expect(after(503, 1)).toEqual(wait(1_000));
		expect(after(null, 2)).toEqual(wait(2_000));
		expect(after(429, 1, 30_000)).toEqual(wait(30_000));
		expect(after(429, 1, 1e12)).toEqual(wait(86_400_000));
	});

	it('is over after the last attempt, and at once when the receiver is gone', () => {
		expect(after(500, 3)).toEqual({ state: 'dead' });
		expect(after(410, 1)).toEqual({ state: 'dead' });
		expect(after(404, 1)).toMatchObject({ state: 'pending' });
	});
});

it('knows the webhooks of registered environments, and nothing that only looks like them', () => {
	const n8n = { ...environmentNamed('dev'), baseUrl: 'https://n8n.example.com/prefix' };
	const at = (url: string) => environmentAt(url, [n8n])?.name ?? null;
	expect(at('https://n8n.example.com/prefix/webhook/a')).toBe('dev');
	expect(at('https://n8n.example.com/prefix/webhook-test/a')).toBe('dev');
	for (const url of [
		'https://n8n.example.com/webhook/a',
		'https://n8n.example.com/prefix/api/v1/workflows',
		'https://n8n.example.com/prefix/webhook/../api/v1/workflows',
		'https://n8n.example.com/prefix/webhook/%2e%2e/api/v1',
		'https://n8n.example.com.evil.test/prefix/webhook/a',
		'https://n8n.example.com@evil.test/prefix/webhook/a',
		'http://n8n.example.com/prefix/webhook/a',
	]) {
		expect(at(url)).toBeNull();
	}
});
