import { randomUUID } from 'node:crypto';
import { until } from '../../support/n8n/until';
import type { EngineStage } from './engine-stage';

jest.setTimeout(180_000);

const quick = { attempts: 3, baseDelayMs: 20, maxDelayMs: 50 };
const once = { attempts: 1 };

/** What every engine must do behind the same HTTP contract; see docs/temporal.md. */
export function engineConformance(name: string, open: () => Promise<EngineStage>): void {
	describe(name, () => {
		let stage: EngineStage;
		let desk: string;
		let workflow: string;

		beforeAll(async () => {
			stage = await open();
		});
		afterAll(async () => {
			await stage?.stop();
		});
		beforeEach(async () => {
			desk = `/conformance-${randomUUID()}`;
			workflow = await stage.calling(desk);
		});
		const bodyOf = (more: Record<string, unknown> = {}) => ({
			environment: stage.environment,
			workflow,
			payload: { desk: stage.supplier.at(desk), order: 17 },
			policy: once,
			...more,
		});
		/** Starts one whose call of the desk is kept waiting. */
		const startHeld = async (more: Record<string, unknown> = {}) => {
			const held = stage.supplier.hold(desk);
			const { id } = await stage.ledger.start(bodyOf(more));
			await held.arrived();
			return { id, release: held.release };
		};

		test('run: the engine gets it, and the ledger knows as which execution', async () => {
			const { id } = await stage.ledger.start(bodyOf());
			const ended = await stage.ledger.ended(id);
			expect(ended).toMatchObject({ status: 'succeeded', outcome: 'success', attempts: 1 });
			expect(stage.supplier.calls(desk)).toBe(1);
			expect(await stage.isRunning(ended.engineExecutionId ?? '')).toBe(false);
		});

		test('wait: the answer has the result', async () => {
			const answer = await stage.ledger.ask(bodyOf({ wait: 60 }));
			expect(answer).toMatchObject({
				status: 200,
				body: { status: 'succeeded', result: { status: 200 }, payload: { order: 17 } },
			});
		});

		test('fail: why is told, with a letter that has the payload', async () => {
			stage.supplier.answers(desk, 400);
			const ended = await stage.ledger.start(bodyOf({ policy: quick, wait: 60 }));
			expect(ended).toMatchObject({
				status: 'failed',
				outcome: 'error',
				attempts: 1,
				errorClass: 'data',
				error: { httpStatus: 400 },
			});
			const letter = await stage.operator.letter(ended.letterId ?? '');
			expect(letter).toMatchObject({ state: 'waiting', errorClass: 'data' });
			expect(JSON.stringify(letter.trigger)).toContain('"order":17');
		});

		test('retry by class: what may pass is tried again', async () => {
			stage.supplier.answers(desk, 503, 429, 200);
			const ended = await stage.ledger.start(bodyOf({ policy: quick, wait: 60 }));
			expect(ended).toMatchObject({ status: 'succeeded', attempts: 3, error: null });
			expect(ended.history.map(({ status }) => status)).toEqual(['failed', 'failed', 'succeeded']);
			expect(stage.supplier.calls(desk)).toBe(3);
		});

		test('deadline: it is stopped and kept', async () => {
			const deadline = new Date(Date.now() + 4_000).toISOString();
			const { id, release } = await startHeld({ deadline });
			const ended = await stage.ledger.ended(id);
			release();
			expect(ended).toMatchObject({ status: 'failed', outcome: 'deadline' });
			expect(ended.letterId).not.toBeNull();
		});

		test('cancel: it is stopped in the engine', async () => {
			const { id, release } = await startHeld();
			const answer = await stage.sidecar.api(`/executions/${id}/cancel`, { method: 'POST' });
			expect(answer.ok).toBe(true);
			const ended = await stage.ledger.ended(id);
			release();
			expect(ended).toMatchObject({ status: 'canceled', letterId: null });
		});

		test('idempotency key: asked twice, run once', async () => {
			const body = bodyOf({ idempotencyKey: randomUUID() });
			const [first, second] = await Promise.all([
				stage.ledger.start(body),
				stage.ledger.start(body),
			]);
			expect(second.id).toBe(first.id);
			await stage.ledger.ended(first.id);
			expect(stage.supplier.calls(desk)).toBe(1);
		});

		test('dead letter and replay: the payload is delivered again', async () => {
			stage.supplier.answers(desk, 400, 200);
			const { letterId } = await stage.ledger.start(bodyOf({ wait: 60 }));
			await stage.operator.replay(letterId ?? '', { strategy: 'redeliver' });
			expect(await stage.operator.replayed(letterId ?? '')).toMatchObject({ state: 'resolved' });
			expect(stage.supplier.calls(desk)).toBe(2);
		});

		test('history: what others started is seen, kept when it fails, and goes on where it failed', async () => {
			stage.supplier.answers(desk, 400, 200);
			await stage.startByOthers(workflow, desk);
			const query = `workflowId=${encodeURIComponent(workflow)}`;
			const letter = await stage.operator.letterWhere(query, ({ origin }) => origin === 'follower');
			expect(letter).toMatchObject({ errorClass: 'data' });
			const [seen] = await stage.ledger.list(`${query}&origin=observed`);
			expect(seen).toMatchObject({ status: 'failed', outcome: 'error' });
			await stage.operator.replay(letter.id, { strategy: 'retry' });
			expect(await stage.operator.replayed(letter.id)).toMatchObject({ state: 'resolved' });
			expect(stage.supplier.calls(desk)).toBe(2);
		});

		test('crash of the sidecar: it asks what became of the run, and runs nothing twice', async () => {
			const { id, release } = await startHeld();
			await stage.sidecar.kill();
			release();
			await stage.sidecar.restart();
			expect(await stage.ledger.ended(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
			expect(stage.supplier.calls(desk)).toBe(1);
		});

		test('crash of the worker: the run is taken over, or kept as a letter', async () => {
			const { id, release } = await startHeld();
			await stage.killWorker();
			release();
			await stage.startWorker();
			const ended = await stage.ledger.ended(id);
			expect(ended.status).toBe(stage.afterCrash);
			expect(ended.letterId === null).toBe(stage.afterCrash === 'succeeded');
		});

		test('engine down and back: what was accepted meanwhile is run', async () => {
			await stage.killEngine();
			const { id, status } = await stage.ledger.start(bodyOf());
			expect(['queued', 'running']).toContain(status);
			await until('it to be tried', async () => {
				const { status: now } = await stage.ledger.get(id);
				return now === 'queued' || now === 'in-doubt' || undefined;
			});
			await stage.startEngine();
			expect(await stage.ledger.ended(id)).toMatchObject({ status: 'succeeded' });
			expect(stage.supplier.calls(desk)).toBe(1);
		});
	});
}
