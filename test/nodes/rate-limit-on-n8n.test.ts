import type { RateLimit } from '../../sidecar/contract/rate-limits';
import type { Circuit } from '../../sidecar/contract/circuits';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { expectOk } from '../support/n8n/n8n-requests';
import { packPack } from '../support/n8n/pack';
import { until } from '../support/n8n/until';
import {
	callWebhook,
	createWorkflow,
	executionOf,
	publish,
	waitForExecution,
} from '../support/n8n/workflow-runs';
import { codeNode, node, type NodeBody, webhookWorkflow } from '../support/n8n/workflows';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

const PACK = 'n8n-nodes-orchestration';

let n8n: N8nInstance;
let sidecar: SidecarProcess;
let service: ScriptedSidecar;
let credentials: Record<string, { id: string; name: string }>;
const arrivals: number[] = [];
let status = 200;

beforeAll(async () => {
	service = await startScriptedSidecar();
	service.answer(() => {
		arrivals.push(performance.now());
		return {
			status,
			...(status === 429 ? { headers: { 'retry-after': '120' } } : {}),
			body: { done: true },
		};
	});
	sidecar = await startSidecar();
	n8n = await startN8n({ packs: [await packPack()] });
	const orchestrationApi = expectOk(
		'make a credential',
		await n8n.api<{ id: string; name: string }>('/credentials', {
			body: {
				name: 'Sidecar',
				type: 'orchestrationApi',
				data: { baseUrl: sidecar.url, token: sidecar.token },
			},
		}),
	);
	credentials = { orchestrationApi };
}, 900_000);

afterAll(async () => {
	await n8n?.stop();
	await sidecar?.stop();
	await service?.close();
}, 60_000);

beforeEach(() => {
	arrivals.length = 0;
	status = 200;
});

const ours = (name: string, type: string, parameters: Record<string, unknown>): NodeBody =>
	node(name, `${PACK}.${type}`, 1, parameters, { credentials });
const call = node('Call', 'n8n-nodes-base.httpRequest', 4.2, {
	url: 'set below',
	options: { response: { response: { fullResponse: true, neverError: true } } },
});

async function published(at: string, then: NodeBody[], code?: string): Promise<string> {
	const wired = then.map((each) =>
		each.name === 'Call'
			? { ...each, parameters: { ...each.parameters, url: `${service.url}/` } }
			: each,
	);
	const body = webhookWorkflow({ name: at, path: at, then: wired, ...(code ? { code } : {}) });
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	return id;
}

it('spaces calls of executions that run at the same time', async () => {
	const acquire = ours('Acquire', 'rateLimit', {
		operation: 'acquire',
		key: 'spaced',
		limit: 2,
		intervalSeconds: 1,
		options: {},
	});
	await published('spaced', [acquire, call]);
	const begun = performance.now();
	await Promise.all([1, 2, 3, 4, 5].map((order) => callWebhook(n8n, 'spaced', { order })));
	await until('five calls', () => arrivals.length === 5 || undefined);

	// Five at two a second, evenly: the slots are 0, 0.5, 1, 1.5 and 2 s after the first, which is
	// granted after `begun`. How long the way to the service takes differs from call to call.
	arrivals.forEach((arrival, order) => {
		expect(arrival - begun).toBeGreaterThanOrEqual(order * 500 - 10);
	});
});

it('refuses what would wait too long', async () => {
	const acquire = ours('Acquire', 'rateLimit', {
		operation: 'acquire',
		key: 'refused',
		limit: 1,
		intervalSeconds: 600,
		options: { maxWaitSeconds: 1 },
	});
	const id = await published('refused', [acquire]);
	const except: string[] = [];
	for (const order of [1, 2]) {
		await callWebhook(n8n, 'refused', { order });
		const { id: done } = await waitForExecution(n8n, { workflowId: id, status: 'success', except });
		except.push(done);
	}
	const outputs = await Promise.all(except.map(async (each) => await outputsOf(each, 'Acquire')));

	expect(outputs[0]?.map((items) => items?.length ?? 0)).toEqual([1, 0]);
	expect(outputs[1]?.[1]?.[0]?.json['rateLimit']).toMatchObject({
		key: 'refused',
		decidedBy: 'sidecar',
		retryAt: expect.any(String) as string,
	});
});

it('pauses the key when the service says it is too much', async () => {
	status = 429;
	const key = 'learned';
	const acquire = ours('Acquire', 'rateLimit', { operation: 'acquire', key, options: {} });
	const feedback = ours('Feedback', 'rateLimit', { operation: 'feedback', key, options: {} });
	const id = await published('learned', [acquire, call, feedback]);
	await callWebhook(n8n, 'learned', {});
	await waitForExecution(n8n, { workflowId: id, status: 'success' });
	const { body } = await sidecar.api<RateLimit>(`/rate-limits/${key}`);

	expect(Date.parse(body.pausedUntil ?? '') - Date.now()).toBeGreaterThan(60_000);
});

it.each([
	['ends', 'return $input.all();', 'success'],
	['fails', "throw new Error('on purpose');", 'error'],
])('gives a lease back when the execution %s', async (how, jsCode, ending) => {
	const at = `lease-${how}`;
	const lease = ours('Lease', 'rateLimit', {
		operation: 'acquireLease',
		key: at,
		concurrent: 1,
		options: {},
	});
	const id = await published(at, [lease, codeNode('Afterwards', jsCode)]);
	const except: string[] = [];
	for (let round = 0; round < 2; round += 1) {
		await callWebhook(n8n, at, {});
		const { id: done } = await waitForExecution(n8n, { workflowId: id, status: ending, except });
		except.push(done);
		await until('the lease to be back', async () => {
			const { body } = await sidecar.api<{ held: number }>(`/concurrency/${at}`);
			return body.held === 0 || undefined;
		});
		const [acquired] = (await outputsOf(done, 'Lease')) ?? [];
		expect(acquired).toHaveLength(1);
	}
});

it('opens a circuit for all workers, and rejects until the probe succeeds', async () => {
	const circuit = { __rl: true, mode: 'name', value: 'fleet-wide' };
	const scope = 'fleet';
	const guard = ours('Guard', 'circuitBreaker', {
		operation: 'guard',
		circuit,
		scope,
		failures: 2,
		options: { openSeconds: 3 },
	});
	const report = (outcome: string) =>
		ours('Report', 'circuitBreaker', { operation: 'report', circuit, scope, outcome, options: {} });
	const outcome = "={{ $('Webhook').first().json.body.outcome }}";
	const id = await published('fleet-wide', [guard, report(outcome)]);
	const except: string[] = [];
	const ask = async (payload: object) => {
		await callWebhook(n8n, 'fleet-wide', payload);
		const { id: done } = await waitForExecution(n8n, { workflowId: id, status: 'success', except });
		except.push(done);
		return (await outputsOf(done, 'Guard')) ?? [];
	};
	await ask({ outcome: 'failure' });
	// On a busy machine the circuit may be half open again by the time it is asked.
	const rejected = await until('a rejection', async () => {
		const [, refused] = await ask({ outcome: 'failure' });
		return refused?.[0];
	});

	expect(rejected.json['circuitBreaker']).toMatchObject({
		state: 'open',
		decidedBy: 'sidecar',
	});
	await until('the probe to succeed', async () => {
		const [allowed] = await ask({ outcome: 'success' });
		return (allowed?.length ?? 0) > 0 || undefined;
	});
	const { body } = await sidecar.api<Circuit>('/circuits/fleet-wide');
	expect(body.state).toBe('closed');
});

interface RunData {
	resultData: {
		runData: Record<
			string,
			Array<{ data?: { main: Array<Array<{ json: Record<string, unknown> }> | null> } }>
		>;
	};
}

async function outputsOf(executionId: string, name: string) {
	const { data } = await executionOf(n8n, executionId);
	return (data as unknown as RunData).resultData.runData[name]?.[0]?.data?.main;
}
