import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DeadLetterDetail } from '../../../sidecar/contract/dead-letters';
import type { Problem } from '../../../sidecar/contract/problem';
import { ledgerOf } from '../../support/executions/stage';
import { until } from '../../support/n8n/until';
import { operatorOf } from '../../support/sidecar/operator';
import { startOrchestrationWorker } from '../../support/temporal/orchestration-worker';
import {
	childrenOf,
	type OrchestrationScene,
	startOrchestrationScene,
} from '../../support/temporal/orchestration-scene';

jest.setTimeout(240_000);

let scene: OrchestrationScene;
let run: string;
beforeAll(async () => {
	scene = await startOrchestrationScene();
});
afterAll(async () => await scene?.stop());
beforeEach(() => {
	run = randomUUID().slice(0, 8);
});

const orchestration = (more: Record<string, unknown>, workflow = 'orchestration.fanOut') => ({
	environment: 'flows',
	workflow,
	payload: { environment: 'dev', workflow: scene.child, ...more },
	policy: { attempts: 1 },
});
const calls = (count: number) =>
	Array.from({ length: count }, (_, n) => scene.supplier.calls(`/${run}/${n}`));

it('runs an orchestration like any other execution, once for its key', async () => {
	const ledger = ledgerOf(scene.sidecar);
	const body = { ...orchestration({ children: childrenOf(run, 5) }), idempotencyKey: run };
	const [one, other] = await Promise.all([ledger.start(body), ledger.start(body)]);
	expect(one.id).toBe(other.id);
	const ended = await ledger.ended(one.id);
	expect(ended).toMatchObject({ status: 'succeeded', outcome: 'success', attempts: 1 });
	expect(ended.result).toMatchObject({ state: 'succeeded', counts: { succeeded: 5 } });
	expect(calls(5)).toEqual([1, 1, 1, 1, 1]);
});

it('keeps one that fails as a dead letter, whose retry runs only what has not succeeded', async () => {
	scene.supplier.answers(`/${run}/1`, 400, 200);
	const ledger = ledgerOf(scene.sidecar);
	const { id } = await ledger.start(
		orchestration({ children: childrenOf(run, 3), letters: false }),
	);
	const failed = await ledger.ended(id);
	expect(failed).toMatchObject({ status: 'failed', outcome: 'error' });
	expect(failed.error?.message).toContain('Not all of 3 can succeed');
	const operator = operatorOf(scene.sidecar);
	const letter = await operator.letter(failed.letterId ?? '');
	expect(letter).toMatchObject({ environment: 'flows', workflowId: 'orchestration.fanOut' });
	await operator.replay(letter.id, { strategy: 'retry' });
	const after: DeadLetterDetail = await operator.replayed(letter.id);
	expect(after.state).toBe('resolved');
	expect(calls(3)).toEqual([1, 2, 1]);
});

it('cancels the children with it', async () => {
	const held = scene.supplier.hold(`/${run}/0`);
	const ledger = ledgerOf(scene.sidecar);
	const { id } = await ledger.start(orchestration({ children: childrenOf(run, 2), atOnce: 1 }));
	await held.arrived();
	await scene.sidecar.api(`/executions/${id}/cancel`, { body: {} });
	expect((await ledger.ended(id)).status).toBe('canceled');
	const [child] = await ledger.list(`workflowId=${scene.child}&limit=1`);
	expect(await ledger.ended(child?.id ?? '')).toMatchObject({ status: 'canceled', origin: 'join' });
	held.release();
});

it('refuses a payload that cannot be run with, before anything is kept', async () => {
	const { status, body } = await ledgerOf(scene.sidecar).ask(orchestration({ children: [] }));
	expect(status).toBe(400);
	expect(body).toMatchObject({ code: 'invalid_request' });
	expect((body as Problem).detail).toContain('children');
});

it('lets nobody run by it what they may not run themselves', async () => {
	const { body: token } = await scene.sidecar.api<{ token: string }>('/tokens', {
		body: { name: `flows-${run}`, role: 'operator', environment: 'flows' },
	});
	const { status } = await scene.sidecar.api('/executions', {
		body: orchestration({ children: childrenOf(run, 1) }),
		token: token.token,
	});
	expect(status).toBe(403);
	expect(calls(1)).toEqual([0]);
});

it('a worker without an environment of Temporal says so, and loads nothing of Temporal', async () => {
	const worker = await startOrchestrationWorker({
		databaseUrl: scene.database.connectionString,
		dataDir: scene.sidecar.dataDir,
		env: { WORKER_ENVIRONMENTS: 'none-of-these' },
	});
	try {
		// It is ready before it has looked for the first time.
		const said = 'there is no environment whose engine is temporal';
		await until('the worker to say so', () => worker.log().includes(said) || undefined, {
			explain: () => worker.log(),
		});
		expect(readFileSync(`/proc/${worker.pid}/maps`, 'utf8')).not.toContain('temporalio');
		expect(readFileSync(`/proc/${scene.worker.pid}/maps`, 'utf8')).toContain('temporalio');
	} finally {
		await worker.stop();
	}
});
