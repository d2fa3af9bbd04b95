import { randomUUID } from 'node:crypto';
import type { ChildCounts } from '../../../sidecar/joins/join';
import type { OrchestrationResult } from '../../../sidecar/engines/temporal/orchestration/orchestrate';
import { until } from '../../support/n8n/until';
import {
	childrenOf,
	type OrchestrationScene,
	startOrchestrationScene,
} from '../../support/temporal/orchestration-scene';

/** The long form: ORCHESTRATION_CHILDREN=1000. */
const CHILDREN = Number(process.env['ORCHESTRATION_CHILDREN'] ?? 60);
const deadlineMs = 400_000 + CHILDREN * 3_000;

jest.setTimeout(deadlineMs + 120_000);

let scene: OrchestrationScene;
beforeAll(async () => {
	scene = await startOrchestrationScene();
});
afterAll(async () => await scene?.stop());

it(`joins ${CHILDREN} children once, none lost or doubled, though worker and sidecar are killed twice on the way`, async () => {
	const run = randomUUID().slice(0, 8);
	const handle = await scene.start('orchestration.fanOut', {
		children: childrenOf(run, CHILDREN),
		atOnce: 10,
		retry: { attempts: 1 },
	});
	for (const share of [0.25, 0.6]) {
		await until(
			`${share} of the children to have ended`,
			async () =>
				(await handle.query<ChildCounts>('progress')).succeeded >= CHILDREN * share || undefined,
			{ deadlineMs, explain: () => scene.worker.log().slice(-3000) },
		);
		await Promise.all([scene.worker.kill(), scene.sidecar.kill()]);
		await Promise.all([scene.worker.restart(), scene.sidecar.restart()]);
	}
	const { state, counts, children } = (await handle.result()) as OrchestrationResult;
	expect([state, counts]).toEqual([
		'succeeded',
		{ total: CHILDREN, succeeded: CHILDREN, failed: 0, cancelled: 0 },
	]);
	expect(children.map(({ index }) => index)).toEqual(childrenOf(run, CHILDREN).map((_, n) => n));

	const ledger = await scene.ledgerOf(handle);
	expect(new Set(ledger.map(({ status }) => status))).toEqual(new Set(['succeeded']));
	expect(ledger.map(({ id }) => id).sort()).toEqual(
		children.map(({ executionId }) => executionId).sort(),
	);
	const calls = childrenOf(run, CHILDREN).map((_, n) => scene.supplier.calls(`/${run}/${n}`));
	expect(calls.filter((each) => each !== 1)).toEqual([]);
});
