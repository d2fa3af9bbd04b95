import { randomUUID } from 'node:crypto';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { isOrchestrationError } from '../../sidecar/kernel/errors';
import { node } from '../support/n8n/workflows';
import { connectionTo, engineFor, freshTraceparent } from './n8n-under-test';

let n8n: N8nConnection;

beforeAll(async () => {
	n8n = await sharedN8n('engines');
}, 400_000);

it('finds nothing missing with a key that may do everything', async () => {
	const check = await engineFor(connectionTo(`${n8n.baseUrl}/api/v1/`, n8n.apiKey)).check();
	expect(check.findings.filter(({ ok }) => !ok)).toEqual([]);
	expect(check).toMatchObject({ reachable: true, ok: true });
});

it('says that a wrong key is refused, and does not repeat it', async () => {
	const engine = engineFor(connectionTo(n8n.baseUrl, 'n8n_api_wrong-key'));
	const check = await engine.check();
	expect(check).toMatchObject({ reachable: true, ok: false });
	const finding = check.findings.find(({ name }) => name === 'api-key');
	expect(finding).toMatchObject({ ok: false });
	expect(finding?.message).toContain('Settings > n8n API');
	expect(JSON.stringify(check)).not.toContain('wrong-key');
	const error = await engine.definitions.list().catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_unauthorized')).toBe(true);
});

it('names the rights a key lacks', async () => {
	const { body } = await n8n.rest<{ data: { rawApiKey: string } }>('/api-keys', {
		body: {
			label: `few-${process.pid}`,
			expiresAt: null,
			scopes: ['workflow:list', 'workflow:read', 'execution:list'],
		},
	});
	const engine = engineFor(connectionTo(n8n.baseUrl, body.data.rawApiKey));
	const check = await engine.check();
	expect(check).toMatchObject({ reachable: true, ok: false });
	const missing = Object.fromEntries(
		check.findings.filter(({ ok }) => !ok).map(({ name, message }) => [name, message]),
	);
	expect(Object.keys(missing).sort()).toEqual(['credentials', 'executions', 'workflows']);
	expect(missing['workflows']).toContain('workflow:activate');
	expect(missing['workflows']).not.toContain('workflow:list');

	const error = await engine.definitions.listCredentials().catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_forbidden')).toBe(true);
	expect(error.details).toMatchObject({ scope: 'credential:list', status: 403 });
});

it('leaves nothing behind where the key may not install the runner', async () => {
	const { body } = await n8n.rest<{ data: { rawApiKey: string } }>('/api-keys', {
		body: {
			label: `no-create-${process.pid}`,
			expiresAt: null,
			scopes: ['workflow:list', 'workflow:read', 'credential:create', 'credential:delete'],
		},
	});
	const full = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey));
	const { id: workflowId, content } = await full.definitions.create({
		name: 'Any',
		nodes: [{ ...node('By hand', 'n8n-nodes-base.manualTrigger', 1) }],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
	const before = await full.definitions.listCredentials();
	const few = engineFor(connectionTo(n8n.baseUrl, body.data.rawApiKey));
	const error = await few.executions
		.run({
			workflowId,
			content,
			triggerNode: 'By hand',
			items: [],
			traceparent: freshTraceparent(),
			runKey: randomUUID(),
		})
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'engine_forbidden')).toBe(true);
	expect(error.details).toMatchObject({ scope: 'workflow:create' });
	expect(await full.definitions.listCredentials()).toEqual(before);
});

it('says that nobody answers at a dead address', async () => {
	const engine = engineFor(connectionTo('http://127.0.0.1:9', 'key'), {
		resilience: { baseDelayMs: 1 },
	});
	const check = await engine.check();
	expect(check).toMatchObject({ reachable: false, ok: false });
	expect(check.findings).toEqual([
		{ name: 'reachable', ok: false, message: expect.stringContaining('http://127.0.0.1:9') },
	]);
});
