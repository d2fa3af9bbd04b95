import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Execution } from '../../sidecar/contract/executions';
import { goLive, letterStage, type LetterStage } from '../support/dead-letters/stage';
import { ledgerOf, type Ledger } from '../support/executions/stage';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { expectOk } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import { node, webhookWorkflow } from '../support/n8n/workflows';

jest.setTimeout(400_000);

let n8n: N8nInstance;
let stage: LetterStage;
let ledger: Ledger;

/** An n8n of its own: it is killed. */
beforeAll(async () => {
	n8n = await startN8n();
	stage = await letterStage();
	ledger = ledgerOf(stage.sidecar);
	await stage.operator.register('production', n8n, { deadLetters: { autoReplay: false } });
});

afterAll(async () => {
	await stage?.stop();
	await n8n?.stop();
});

const hours = { amount: 2, unit: 'hours' };
const forWebhook = { resume: 'webhook' };

/** An execution of ours that sits in a Wait node. */
async function waiting(of: string, how: object, more: object = {}) {
	const rest = node('Rest', 'n8n-nodes-base.wait', 1.1, { ...how }, { webhookId: `waits-${of}` });
	const name = `Waits ${of}`;
	const workflow = await goLive(n8n, webhookWorkflow({ name, path: `waits-${of}`, then: [rest] }));
	const body = { environment: 'production', workflow, payload: { order: of }, ...more };
	const { id } = await ledger.start(body);
	const seen = await ledger.when(id, 'waiting');
	return { id, workflow, engineId: seen.engineExecutionId ?? '' };
}

async function letterOf(execution: Execution) {
	const letter = await stage.operator.letter(execution.letterId ?? '');
	expect(letter).toMatchObject({ origin: 'execution', state: 'waiting' });
	// Of a workflow that is gone nobody knows the trigger.
	const items = letter.trigger?.items ?? letter.failedInput;
	return items[0]?.json['body'];
}

const inN8n = async (id: string) =>
	(await n8n.api<{ status: string }>(`/executions/${id}`)).body.status;

it('sees the end of one whose time came while n8n was down, and goes on seeing the other wait', async () => {
	const [overdue, patient] = [await waiting('overdue', hours), await waiting('patient', hours)];
	await n8n.kill();
	const rows = new DatabaseSync(path.join(n8n.record().folder, '.n8n', 'database.sqlite'));
	const past = new Date(Date.now() - 3_600_000).toISOString().replace('T', ' ').replace('Z', '');
	rows.prepare('update execution_entity set waitTill = ? where id = ?').run(past, overdue.engineId);
	rows.close();
	await n8n.restart();
	expect(await ledger.ended(overdue.id)).toMatchObject({ status: 'succeeded', letterId: null });
	expect(await ledger.get(patient.id)).toMatchObject({ status: 'waiting', letterId: null });
	expect(await inN8n(patient.engineId)).toBe('waiting');
	expect(await stage.lettersOf(patient.workflow)).toBe(0);
});

it('sees one still wait whose workflow was unpublished, and keeps a letter once it is deleted', async () => {
	const { id, workflow, engineId } = await waiting('unpublished', forWebhook);
	expectOk('unpublish', await n8n.api(`/workflows/${workflow}/deactivate`, { body: {} }));
	expect(await inN8n(engineId)).toBe('waiting');
	expect(await ledger.get(id)).toMatchObject({ status: 'waiting' });
	await until('n8n to delete it, which it refuses while it still unpublishes', async () => {
		const { ok } = await n8n.api(`/workflows/${workflow}`, { method: 'DELETE' });
		return ok || undefined;
	});
	const ended = await ledger.ended(id);
	expect(ended).toMatchObject({ status: 'failed', outcome: 'lost' });
	expect(await letterOf(ended)).toEqual({ order: 'unpublished' });
});

it('ends one that nobody ever calls at its deadline, here and in n8n', async () => {
	const deadline = new Date(Date.now() + 15_000).toISOString();
	const { id, engineId } = await waiting('uncalled', forWebhook, { deadline });
	const ended = await ledger.ended(id);
	expect(ended).toMatchObject({ status: 'failed', outcome: 'deadline' });
	expect(Date.parse(ended.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(deadline));
	expect(await letterOf(ended)).toEqual({ order: 'uncalled' });
	expect(await inN8n(engineId)).toBe('canceled');
});
