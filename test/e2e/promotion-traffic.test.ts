import { request } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import { createWorkflow, type StoredExecution } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { editCode, fresh, openScene, slug, targetId, type Scene } from './promotion-scene';

/** TRAFFIC_PROMOTIONS=50 TRAFFIC_ROLLBACKS=10 for the long run. */
const promotions = Number(process.env['TRAFFIC_PROMOTIONS'] ?? 3);
const rollbacks = Number(process.env['TRAFFIC_ROLLBACKS'] ?? 1);

jest.setTimeout(180_000 + (promotions + rollbacks) * 30_000);

let scene: Scene;

beforeAll(async () => {
	scene = await openScene();
});
afterAll(async () => {
	await scene?.close();
});

const code = (v: number) => `return [{ json: { v: ${v} } }];`;

it('loses no request to a webhook through promotions and roll-backs', async () => {
	const name = fresh('Busy');
	const path = slug(name);
	const body = webhookWorkflow({ name, path, respond: 'lastNode', code: code(0) });
	const source = (await createWorkflow(scene.dev, body)).id;
	const into = { environment: 'dev', workflowIds: [source], to: 'production' };
	const target = await targetId(scene, await scene.operator.promote(into), name);

	const traffic = startTraffic(`${scene.production.baseUrl}/webhook/${path}`);
	let goBack = rollbacks;
	for (let at = 1; at <= promotions; at += 1) {
		await editCode(scene.dev, source, code(at));
		const promotion = await scene.operator.promote(into);
		expect(promotion.phase).toBe('succeeded');
		if (goBack > 0 && at % Math.ceil(promotions / rollbacks) === 0) {
			goBack -= 1;
			expect((await scene.operator.rollBack(promotion.id)).phase).toBe('succeeded');
		}
	}
	const { sent, refused, versions } = await traffic.stop();
	const ran = await until(
		'every run to have ended',
		async () => {
			const runs = await executionsOf(target);
			return runs.every(({ finished }) => finished) && runs.length >= sent ? runs : undefined;
		},
		{ deadlineMs: 60_000, explain: () => `${sent} sent, refused: ${refused.join()}` },
	);
	if (promotions > 10)
		console.log(JSON.stringify({ sent, ran: ran.length, refused, versions: versions.size }));
	expect(refused).toEqual([]);
	expect(ran).toHaveLength(sent);
	expect(versions.size).toBeGreaterThanOrEqual(promotions);
});

/** Calls again and again, two at a time. */
function startTraffic(url: string) {
	const found = { sent: 0, refused: [] as number[], versions: new Set<unknown>() };
	const over = new AbortController();
	const caller = async () => {
		while (!over.signal.aborted) {
			found.sent += 1;
			const { ok, status, body } = await request<{ v?: unknown }>(url, { body: {} });
			if (ok) found.versions.add(body.v);
			else found.refused.push(status);
		}
	};
	const callers = [caller(), caller()];
	return {
		stop: async () => {
			over.abort();
			await Promise.all(callers);
			return found;
		},
	};
}

async function executionsOf(workflowId: string): Promise<StoredExecution[]> {
	const found: StoredExecution[] = [];
	let cursor: string | null = null;
	do {
		const page: { data: StoredExecution[]; nextCursor: string | null } = (
			await scene.production.api<{ data: StoredExecution[]; nextCursor: string | null }>(
				`/executions?workflowId=${workflowId}&limit=250${cursor ? `&cursor=${cursor}` : ''}`,
			)
		).body;
		found.push(...page.data);
		cursor = page.nextCursor;
	} while (cursor);
	return found;
}
