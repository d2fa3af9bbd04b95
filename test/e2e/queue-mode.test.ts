import type { Execution } from '../../sidecar/contract/executions';
import type { DeadLetterDetail } from '../../sidecar/contract/dead-letters';
import { connectionTo, engineFor } from '../engines/n8n-under-test';
import {
	callTo,
	goLive,
	letterStage,
	sentIn,
	type LetterStage,
} from '../support/dead-letters/stage';
import { ledgerOf } from '../support/executions/stage';
import { type QueueN8n, startQueueN8n } from '../support/n8n/queue-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import { chain, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';

jest.setTimeout(400_000);

let n8n: QueueN8n;
let stage: LetterStage;

beforeAll(async () => {
	[n8n, stage] = await Promise.all([startQueueN8n(1), letterStage()]);
	await stage.operator.register('production', n8n, { deadLetters: { autoReplay: false } });
	await stage.followed();
});

afterAll(async () => {
	await stage?.stop();
	await n8n?.stop();
});

const payload = {
	order: 41,
	note: 'Grüße',
	lines: Array.from({ length: 50 }, (_, at) => ({ at })),
};

it('keeps with all that was sent what a worker died in while another goes on, and begins none of it again', async () => {
	const { supplier, operator, sidecar } = stage;
	const ledger = ledgerOf(sidecar);
	const call = (of: string) => callTo(supplier.at(`/died-${of}`));
	const hooked = (of: string, respond?: 'lastNode') =>
		webhookWorkflow({
			name: `Died ${of}`,
			path: `died-${of}`,
			then: [call(of)],
			...(respond ? { respond } : {}),
		});
	const ways = {
		answered: await goLive(n8n, hooked('answered')),
		called: await goLive(n8n, hooked('called', 'lastNode')),
		run: await goLive(n8n, chain('Died run', [...subWorkflow('Died').nodes, call('run')])),
	};
	const strange = await goLive(n8n, hooked('strange'));
	const desks = [...Object.keys(ways), 'strange'].map((of) => supplier.hold(`/died-${of}`));
	const started: Execution[] = [];
	const policy = { attempts: 5, baseDelayMs: 100, maxDelayMs: 100 };
	for (const workflow of Object.values(ways)) {
		started.push(await ledger.start({ environment: 'production', workflow, payload, policy }));
	}
	await callWebhook(n8n, 'died-strange', payload);
	await Promise.all(desks.map(async ({ arrived }) => await arrived()));
	await n8n.startWorker(1);
	// n8n drops the data of what it started by itself: a copy is made of what runs for five seconds.
	await until('what started the strange one to be kept', async () => {
		const { rows } = await stage.database.pool.query(
			`select from follow_open where follow_open.copy::text like '%"order":41%'`,
		);
		return rows.length > 0 || undefined;
	});
	await n8n.killWorker(0);
	for (const { release } of desks) release();

	const letters: DeadLetterDetail[] = [];
	for (const { id } of started) {
		const ended = await ledger.ended(id);
		expect(ended).toMatchObject({ status: 'failed', outcome: 'crashed', attempts: 1 });
		letters.push(await operator.letter(ended.letterId ?? ''));
	}
	const found = await operator.letterWhere(`workflowId=${strange}`);
	letters.push(await operator.letter(found.id));
	for (const letter of letters) {
		expect(letter).toMatchObject({ error: { name: 'WorkflowCrashedError' } });
		expect(sentIn(letter)).toEqual(payload);
	}
	for (const of of [...Object.keys(ways), 'strange']) {
		expect([of, supplier.calls(`/died-${of}`)]).toEqual([of, 1]);
	}
});

it('sees the end of what a worker goes on with while the main process is killed', async () => {
	const { supplier, sidecar } = stage;
	const ledger = ledgerOf(sidecar);
	const call = callTo(supplier.at('/outlived'));
	const body = { name: 'Outlived', path: 'outlived', then: [call], respond: 'lastNode' } as const;
	const workflow = await goLive(n8n, webhookWorkflow({ ...body, then: [...body.then] }));
	const desk = supplier.hold('/outlived');
	const { id } = await ledger.start({ environment: 'production', workflow, payload });
	await desk.arrived();
	await n8n.kill();
	desk.release();
	await n8n.restart();
	expect(await ledger.ended(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
	expect(supplier.calls('/outlived')).toBe(1);
});

it('leaves to a person what a worker died in that tried it again', async () => {
	const { supplier, operator, askReplay } = stage;
	const path = 'died-again';
	const workflowId = await goLive(
		n8n,
		webhookWorkflow({ name: 'Died again', path, then: [callTo(supplier.at(`/${path}`))] }),
	);
	supplier.answers(`/${path}`, 503);
	await callWebhook(n8n, path, payload);
	const { id } = await operator.letterWhere(`workflowId=${workflowId}`);
	await operator.register('production', n8n, { deadLetters: { autoReplay: true } });
	const desk = supplier.hold(`/${path}`);
	await askReplay(id, { strategy: 'retry' });
	await desk.arrived();
	await n8n.startWorker(2);
	await n8n.killWorker(1);
	desk.release();
	const replayed = await operator.replayed(id);
	expect(replayed).toMatchObject({ state: 'waiting', replays: [{ status: 'failed' }] });
	expect(sentIn(replayed)).toEqual(payload);
	expect(supplier.calls(`/${path}`)).toBe(2);
});

it('tells what came out of a retry, which the answer of n8n leaves out', async () => {
	const { supplier } = stage;
	const engine = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey));
	const path = 'healed';
	const workflowId = await goLive(
		n8n,
		webhookWorkflow({ name: 'Healed', path, then: [callTo(supplier.at('/healed'))] }),
	);
	supplier.answers('/healed', 503, 200);
	await callWebhook(n8n, path, payload);
	const failed = await waitForExecution(n8n, { workflowId, status: 'error' });
	expect(await engine.executions.retry(failed.id)).toMatchObject({
		status: 'success',
		items: [{ json: expect.anything() }],
	});
});
