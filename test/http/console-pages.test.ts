import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const page = '<!doctype html><title>Console</title>';
const script = `console.log(${JSON.stringify('x'.repeat(4_000))})`;

let folder: string;
let room: HttpRoom;

beforeAll(async () => {
	folder = ownTemporaryFolder('console');
	mkdirSync(path.join(folder, 'assets'));
	writeFileSync(path.join(folder, 'index.html'), page);
	writeFileSync(path.join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
	writeFileSync(path.join(folder, 'assets/app-1a2b.js'), script);
	room = await openHttpRoom({ consoleFolder: folder });
});
afterAll(async () => {
	await room.close();
	rmSync(folder, { recursive: true, force: true });
});

const visit = (at: string, headers: Record<string, string> = html) =>
	room.call(`GET ${at}`, { token: null, headers });

it('serves its one page at every address a person may open', async () => {
	for (const at of ['/', '/dead-letters', '/workflows/order-intake?version=3', '/sign-in']) {
		const answer = await visit(at);
		expect([answer.status, answer.text]).toEqual([200, page]);
		expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
		expect(answer.headers.get('cache-control')).toBe('no-cache');
	}
});

it('lets the page load its own scripts and nothing else, in no frame', async () => {
	const { headers } = await visit('/');
	const policy = headers.get('content-security-policy') ?? '';
	expect(policy.split('; ')).toEqual(
		expect.arrayContaining([
			"default-src 'none'",
			"script-src 'self'",
			"style-src 'self'",
			"connect-src 'self'",
			"frame-ancestors 'none'",
			"base-uri 'none'",
		]),
	);
	expect(policy).not.toMatch(/unsafe|\*|https?:/);
	expect(headers.get('x-content-type-options')).toBe('nosniff');
	expect(headers.get('referrer-policy')).toBe('no-referrer');
	expect(headers.get('permissions-policy')).toContain('camera=()');
	expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
	expect(headers.get('strict-transport-security')).toBeNull();
});

it('lets a file with a hash in its name be kept for good, and packs it', async () => {
	const { status, headers, text } = await visit('/assets/app-1a2b.js', {
		'accept-encoding': 'gzip',
	});
	expect([status, text]).toEqual([200, script]);
	expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
	expect(headers.get('content-encoding')).toBe('gzip');
	expect((await visit('/icon.svg')).headers.get('cache-control')).toBe('no-cache');
});

it('leaves to the API what is the API’s', async () => {
	for (const at of [
		'/api',
		'/api/v1/nowhere',
		'/hooks/nowhere/x',
		'/session/nowhere',
		'/healthz/x',
		'/metrics/x',
	]) {
		const answer = await visit(at);
		expect([answer.status, answer.body['code']]).toEqual([404, 'route_not_found']);
		expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
		expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
	}
	expect((await visit('/healthz')).body['status']).toBe('ok');
	expect((await visit('/openapi.json')).body['openapi']).toBe('3.1.0');
	expect((await visit('/metrics')).text).toContain('# HELP');
});

it('gives a problem for a file that is not there, and to who is no browser', async () => {
	for (const at of ['/assets/app-old.js', '/robots.txt', '/assets/../../package.json']) {
		expect((await visit(at)).status).toBe(404);
	}
	const answer = await visit('/nowhere', { accept: '*/*' });
	expect(answer).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
	const posted = await room.call('POST /dead-letters', { token: null, headers: html });
	expect(posted.status).toBe(404);
});

it('never leaves its folder', async () => {
	for (const at of [
		'/%2e%2e/%2e%2e/etc/passwd',
		'/assets/%2e%2e/%2e%2e/index.ts',
		'/..%2f..%2fetc/passwd',
	]) {
		expect((await visit(at)).text).not.toMatch(/root:|import /);
	}
});

it('says what to do where it was not built', async () => {
	const bare = await openHttpRoom({ consoleFolder: path.join(folder, 'nowhere') });
	const answer = await bare.call('GET /', { token: null, headers: html });
	expect(answer.status).toBe(503);
	expect(answer.text).toContain('npm run build');
	const api = await bare.call('GET /api/v1/nowhere', { token: null, headers: html });
	expect(api).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
	await bare.close();
});

it('counts its pages as one route in the metrics', async () => {
	await visit('/executions/0198');
	const metrics = await visit('/metrics');
	expect(metrics.text).toMatch(/route="console"/);
	expect(metrics.text).not.toMatch(/executions\/0198/);
});
