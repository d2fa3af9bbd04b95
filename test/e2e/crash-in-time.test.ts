import type { Execution } from '../../sidecar/contract/executions';
import type { DeadLetterDetail } from '../../sidecar/contract/dead-letters';
import {
	callTo,
	goLive,
	letterStage,
	sentIn,
	type LetterStage,
} from '../support/dead-letters/stage';
import { ledgerOf } from '../support/executions/stage';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { until } from '../support/n8n/until';
import { callWebhook } from '../support/n8n/workflow-runs';
import { chain, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';

jest.setTimeout(400_000);

const limitMs = 60_000;

let n8n: N8nInstance;
let stage: LetterStage;

beforeAll(async () => {
	n8n = await startN8n();
	// As it is installed: other tests look every second.
	stage = await letterStage({ FOLLOW_INTERVAL: '5' });
	await stage.operator.register('production', n8n, { deadLetters: { autoReplay: false } });
	await stage.followed();
});

afterAll(async () => {
	await stage?.stop();
	await n8n?.stop();
});

/** Watches n8n until it has marked so many. @returns when it had marked none yet, at the latest */
async function unmarkedAt(count: number): Promise<number> {
	let noneAt = Date.now();
	await until(
		`n8n to mark ${count} as crashed`,
		async () => {
			const askedAt = Date.now();
			// Refused while it starts.
			const asked = n8n.api<{ data: unknown[] }>('/executions?status=crashed').catch(() => null);
			const marked = (await asked)?.body?.data?.length ?? 0;
			if (marked === 0) noneAt = askedAt;
			return marked >= count || undefined;
		},
		{ deadlineMs: 180_000, everyMs: 50 },
	);
	return noneAt;
}

const payload = {
	order: 41,
	note: 'Grüße',
	lines: Array.from({ length: 200 }, (_, at) => ({ at, text: 'all of it' })),
};

it('keeps what n8n died in within a minute of its mark, with all that was sent, however it was started', async () => {
	const { supplier, operator, sidecar } = stage;
	const ledger = ledgerOf(sidecar);
	const name = 'Crash in time';
	const call = (of: string) => callTo(supplier.at(`/crash-${of}`));
	const hooked = (of: string, respond?: 'lastNode') =>
		webhookWorkflow({
			name: `${name} ${of}`,
			path: `crash-${of}`,
			then: [call(of)],
			...(respond ? { respond } : {}),
		});
	const ways = {
		answered: await goLive(n8n, hooked('answered')),
		called: await goLive(n8n, hooked('called', 'lastNode')),
		run: await goLive(n8n, chain(`${name} run`, [...subWorkflow(name).nodes, call('run')])),
	};
	const strange = await goLive(n8n, hooked('strange'));
	const desks = [...Object.keys(ways), 'strange'].map((of) => supplier.hold(`/crash-${of}`));
	const started: Execution[] = [];
	for (const workflow of Object.values(ways)) {
		started.push(await ledger.start({ environment: 'production', workflow, payload }));
	}
	await callWebhook(n8n, 'crash-strange', payload);
	await Promise.all(desks.map(async ({ arrived }) => await arrived()));
	await n8n.kill();
	for (const { release } of desks) release();
	// The run by the runner is two for n8n.
	const [marked] = await Promise.all([unmarkedAt(5), n8n.restart()]);

	const letters: DeadLetterDetail[] = [];
	for (const { id } of started) {
		const ended = await ledger.ended(id);
		expect(ended).toMatchObject({ status: 'failed', outcome: 'crashed', attempts: 1 });
		letters.push(await operator.letter(ended.letterId ?? ''));
	}
	const found = await operator.letterWhere(`workflowId=${strange}`);
	letters.push(await operator.letter(found.id));
	for (const letter of letters) {
		expect(letter).toMatchObject({ state: 'waiting', error: { name: 'WorkflowCrashedError' } });
		expect(sentIn(letter)).toEqual(payload);
		expect(await stage.lettersOf(letter.workflowId)).toBe(1);
	}
	const latencies = letters.map(({ createdAt }) => Date.parse(createdAt) - marked);
	console.info('milliseconds from the mark to the letter:', latencies);
	for (const latency of latencies) expect(latency).toBeLessThanOrEqual(limitMs);
});
