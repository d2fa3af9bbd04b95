import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { callWebhook, createWorkflow, waitForExecution } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf, type Operator } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

jest.setTimeout(300_000);

let dev: N8nConnection;
let production: N8nConnection;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let operator: Operator;

beforeAll(async () => {
	[dev, production] = [await sharedN8n('dev'), await sharedN8n('production')];
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	operator = operatorOf(sidecar);
	await operator.register('dev', dev);
	await operator.register('production', production);
});

afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
});

const broken = `const [{ json }] = $input.all();
if (!json.body.address) throw new Error('no address for order ' + json.body.order);
return [{ json: { sent: json.body.order, to: json.body.address } }];`;
const mended = broken.replace(
	"throw new Error('no address for order ' + json.body.order);",
	"json.body.address = 'the shop';",
);

const nothing = async () => {};
const killAndRestart = async () => {
	await sidecar.kill();
	await sidecar.restart();
};

it.each([
	{ name: 'Story orders', between: nothing, over: 'an ordinary day' },
	{
		name: 'Story killed',
		between: killAndRestart,
		over: 'kill -9 of the sidecar between all steps',
	},
])('versions, promotes, keeps the failure, promotes the fix and replays it: $over', async (day) => {
	const { name, between } = day;
	const path = name.toLowerCase().replace(' ', '-');
	const draft = webhookWorkflow({ name, path, code: broken, respond: 'lastNode' });
	const { id } = await createWorkflow(dev, draft);

	const first = await operator.snapshot('dev', id, 'first');
	expect(first).toMatchObject({ number: 1, name, environment: 'dev' });
	await between();

	const promoted = await operator.promote({
		environment: 'dev',
		workflowIds: [id],
		to: 'production',
	});
	expect(promoted).toMatchObject({ phase: 'succeeded', from: 'dev', to: 'production' });
	expect(promoted.plan.changes).toMatchObject([{ action: 'create', publish: true }]);
	await between();

	const ok = await callWebhook(production, path, { order: 1, address: 'home' });
	expect(ok.body).toMatchObject({ sent: 1 });
	await callWebhook(production, path, { order: 2, note: 'keep me' });
	await between();

	const ofThis = ({ workflowKey }: { workflowKey: string | null }) =>
		workflowKey === first.workflowKey;
	const letter = await operator.letterWhere('environment=production', ofThis);
	expect(letter).toMatchObject({
		origin: 'follower',
		state: 'waiting',
		workflowName: name,
		workflowKey: first.workflowKey,
		error: { node: 'Work', message: expect.stringContaining('no address for order 2') },
	});
	expect(letter.versionId).toBe(first.id);
	const detail = await operator.letter(letter.id);
	expect(detail.trigger).toMatchObject({
		node: 'Webhook',
		items: [{ json: { body: { order: 2, note: 'keep me' } } }],
	});
	expect(detail.failedInput).toMatchObject([{ json: { body: { order: 2 } } }]);
	await between();

	const { body: stored } = await dev.api<{ nodes: Array<{ name: string }> }>(`/workflows/${id}`);
	await dev.api(`/workflows/${id}`, {
		method: 'PUT',
		body: {
			...draft,
			nodes: stored.nodes.map((node) =>
				node.name === 'Work' ? { ...node, parameters: { jsCode: mended } } : node,
			),
		},
	});
	const second = await operator.snapshot('dev', id, 'the fix');
	expect(second).toMatchObject({ number: 2, workflowKey: first.workflowKey });
	await between();

	const fix = await operator.promote({ environment: 'dev', workflowIds: [id], to: 'production' });
	expect(fix).toMatchObject({ phase: 'succeeded', plan: { changes: [{ action: 'update' }] } });
	expect(fix.plan.changes[0]?.diff).toContain('Work');
	await between();

	await operator.replay(letter.id);
	await between();
	const replayed = await operator.replayed(letter.id);
	expect(replayed.state).toBe('resolved');
	expect(replayed.replays).toMatchObject([
		{ status: 'succeeded', strategy: 'redeliver', version: 'live' },
	]);
	const productionId = await boundId(first.workflowKey);
	const run = await waitForExecution(production, { workflowId: productionId, status: 'success' });
	expect(run.id).toBe(replayed.replays[0]?.executionId);
	expect(await operator.letters(`environment=production&workflowId=${productionId}`)).toHaveLength(
		1,
	);
});

async function boundId(key: string): Promise<string> {
	const { body } = await sidecar.api<{
		data: Array<{ workflowKey: string; bindings: Record<string, string> }>;
	}>('/workflows');
	return body.data.find(({ workflowKey }) => workflowKey === key)?.bindings['production'] ?? '';
}
