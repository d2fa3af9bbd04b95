import type { BulkReplayDetail, BulkReplayPreview, Incident } from '../../sidecar/contract/replays';
import type { Page } from '../../sidecar/contract/problem';
import { byHandOnly, callingOut, goLive, letterStage } from '../support/dead-letters/stage';
import type { LetterStage } from '../support/dead-letters/stage';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, publish } from '../support/n8n/workflow-runs';

jest.setTimeout(300_000);

let n8n: N8nConnection;
let stage: LetterStage;

beforeAll(async () => {
	n8n = await sharedN8n('dev');
	stage = await letterStage();
	await stage.operator.register('production', n8n, byHandOnly);
	await stage.followed();
});

afterAll(async () => {
	await stage?.stop();
});

it('replays all letters of an incident to the mended workflow, each once, over a kill -9', async () => {
	const { supplier, sidecar, operator } = stage;
	const path = 'bulk-orders';
	// Broken: it calls what always refuses.
	supplier.answers('/broken', 400);
	const workflowId = await goLive(n8n, callingOut(path, supplier.at('/broken')));
	await Promise.all(
		Array.from({ length: 20 }, async (_, order) => await callWebhook(n8n, path, { order })),
	);
	const incident = await until(
		'an incident of 20 letters',
		async () => {
			const { body } = await sidecar.api<Page<Incident>>(`/incidents?workflowId=${workflowId}`);
			return body.data.find(({ letters }) => letters.waiting === 20);
		},
		{ deadlineMs: 90_000, explain: () => sidecar.log().slice(-3000) },
	);
	expect(incident).toMatchObject({ environment: 'production', node: 'Call 1', workflowId });

	const { nodes, connections, settings } = callingOut(path, supplier.at('/mended'));
	const name = `Letters ${path}`;
	await n8n.api(`/workflows/${workflowId}`, {
		method: 'PUT',
		body: { name, nodes, connections, settings },
	});
	await publish(n8n, workflowId);

	const filter = { environment: 'production', fingerprint: incident.fingerprint };
	const dry = await sidecar.api<BulkReplayPreview>('/replays', {
		body: { filter, rate: 5, dryRun: true },
	});
	expect(dry.body).toMatchObject({
		letters: 20,
		seconds: 4,
		version: 'live',
		byWorkflow: [{ workflowId, letters: 20, liveVersionId: expect.any(String) as string }],
		byClass: [{ errorClass: 'data', letters: 20 }],
	});
	expect(supplier.calls('/mended')).toBe(0);

	// How other tests on the same n8n fare must not slow it down.
	const body = { filter, rate: 5, liveRatio: null };
	const started = await sidecar.api<BulkReplayDetail>('/replays', { body });
	expect(started).toMatchObject({ status: 202, body: { progress: { total: 20 } } });
	const { id } = started.body;
	let seen: unknown = null;
	await until(
		'some letters to be replayed',
		async () => {
			seen = (await sidecar.api(`/replays/${id}`)).body;
			return supplier.calls('/mended') >= 5 || undefined;
		},
		{ deadlineMs: 90_000, explain: () => `${JSON.stringify(seen)}\n${sidecar.log().slice(-2000)}` },
	);
	await sidecar.kill();
	await sidecar.restart();
	const done = await until(
		'the bulk replay to finish',
		async () => {
			const { body } = await sidecar.api<BulkReplayDetail>(`/replays/${id}`);
			return body.state === 'finished' ? body : undefined;
		},
		{ deadlineMs: 90_000, explain: () => sidecar.log().slice(-3000) },
	);
	expect(done).toMatchObject({ progress: { succeeded: 20, failed: 0, skipped: 0 }, report: [] });
	expect(supplier.calls('/mended')).toBe(20);
	const letters = await operator.letters(`workflowId=${workflowId}&limit=50`);
	expect(letters).toHaveLength(20);
	for (const letter of letters) expect(letter).toMatchObject({ state: 'resolved', attempts: 1 });
});
