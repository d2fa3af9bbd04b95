import type { RehearsalReport } from '../../sidecar/contract/rehearsals';
import type { Problem } from '../../sidecar/contract/problem';
import { byHandOnly, goLive, letterStage, type LetterStage } from '../support/dead-letters/stage';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { expectOk } from '../support/n8n/n8n-requests';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import { codeNode, node, webhookWorkflow, type NodeBody } from '../support/n8n/workflows';

jest.setTimeout(300_000);

let dev: N8nConnection;
let production: N8nConnection;
let stage: LetterStage;
let credential: { id: string; name: string };

beforeAll(async () => {
	[dev, production] = [await sharedN8n('dev'), await sharedN8n('production')];
	stage = await letterStage();
	await stage.operator.register('production', production, byHandOnly);
	await stage.operator.register('dev', dev, byHandOnly);
	await stage.followed(2);
	// Known in production only: a rehearsal needs none.
	const name = 'Rehearsed charges';
	const data = { name: 'x-key', value: 'of-production' };
	const made = await production.api<{ id: string }>('/credentials', {
		body: { name, type: 'httpHeaderAuth', data },
	});
	credential = { id: expectOk('make a credential', made).id, name };
});

afterAll(async () => {
	await stage?.stop();
});

const broken = `return $input.all().map(({ json }) => ({ json: { cents: json.body.amount.cents } }));`;
const mended = `return $input.all().map(({ json }) => ({ json: { cents: json.body.amount?.cents ?? 0 } }));`;

function charging(path: string, code: string, ...more: NodeBody[]) {
	const charge = node(
		'Charge',
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			method: 'POST',
			url: stage.supplier.at(`/${path}`),
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
		},
		{ credentials: { httpHeaderAuth: credential } },
	);
	const check = codeNode(
		'Check',
		`if ($json.status !== 200) throw new Error('charged with ' + $json.status);
return [{ json: { order: $('Webhook').first().json.body.order, charged: $json.status } }];`,
	);
	return webhookWorkflow({ name: `Charging ${path}`, path, code, then: [charge, check, ...more] });
}

async function versionOf(workflowId: string, body: ReturnType<typeof charging>): Promise<string> {
	const saved = await production.api(`/workflows/${workflowId}?publishIfActive=false`, {
		method: 'PUT',
		body,
	});
	expectOk('save the draft', saved);
	return (await stage.operator.snapshot('production', workflowId)).id;
}

async function rehearse(version: string, more: object = {}): Promise<RehearsalReport> {
	const started = await stage.sidecar.api<RehearsalReport>('/rehearsals', {
		body: { filter: { environment: 'production' }, version, environment: 'dev', ...more },
	});
	expect(started.status).toBe(202);
	return await until(
		'the rehearsal to end',
		async () => {
			const { body } = await stage.sidecar.api<RehearsalReport>(`/rehearsals/${started.body.id}`);
			return body.state === 'finished' ? body : undefined;
		},
		{ deadlineMs: 120_000, explain: () => stage.sidecar.log().slice(-3000) },
	);
}

it('tells which letters would succeed with a version, and calls nobody', async () => {
	const { supplier, operator } = stage;
	const path = 'rehearsed-charges';
	const workflowId = await goLive(production, charging(path, broken));
	await callWebhook(production, path, { order: 1, amount: { cents: 5 } });
	const success = await waitForExecution(production, { workflowId, status: 'success' });
	await callWebhook(production, path, { order: 2 });
	const letter = await operator.letterWhere(`workflowId=${workflowId}`);
	expect(letter.error.node).toBe('Work');
	const asFailed = await versionOf(workflowId, charging(path, broken));
	const fixed = await versionOf(workflowId, charging(path, mended));
	const before = supplier.calls(`/${path}`);
	expect(before).toBe(1);

	const good = await rehearse(fixed);
	expect(good.letters).toEqual([
		{
			letterId: letter.id,
			verdict: 'succeeds',
			node: null,
			message: null,
			executionId: expect.any(String) as string,
			assumed: [{ node: 'Charge', executionId: success.id }],
		},
	]);
	expect(good.progress).toEqual({ total: 1, waiting: 0, succeeds: 1, fails: 0, cannotTell: 0 });

	const bad = await rehearse(asFailed);
	expect(bad.letters).toMatchObject([{ letterId: letter.id, verdict: 'fails', node: 'Work' }]);
	expect(bad.letters[0]?.message).toContain('cents');

	// A step that nothing has recorded, behind one that was.
	const mail = node('Receipt', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: supplier.at(`/${path}`),
		options: {},
	});
	const more = await versionOf(workflowId, charging(path, mended, mail));
	expect((await rehearse(more)).letters).toMatchObject([
		{ verdict: 'cannot-tell', node: 'Receipt', assumed: [{ node: 'Charge' }] },
	]);

	// What failed was the call itself: what it answers now only a call can tell.
	supplier.answers(`/${path}`, 400);
	await callWebhook(production, path, { order: 3, amount: { cents: 7 } });
	const refused = await operator.letterWhere(
		`workflowId=${workflowId}`,
		({ error }) => error.node === 'Charge',
	);
	const calls = supplier.calls(`/${path}`);
	const two = await rehearse(fixed);
	expect(two.letters).toMatchObject([
		{ letterId: refused.id, verdict: 'cannot-tell', node: 'Charge' },
		{ letterId: letter.id, verdict: 'succeeds' },
	]);
	expect(supplier.calls(`/${path}`)).toBe(calls);
	// No trace of it where people look for failures; other tests' may stand there.
	const inDev = await operator.letters('environment=dev');
	expect(inDev.filter(({ error }) => error.message.includes('cents'))).toEqual([]);
	expect(await operator.letter(letter.id)).toMatchObject({ state: 'waiting', attempts: 0 });

	const up = await stage.sidecar.api<Problem>('/rehearsals', {
		body: { filter: { environment: 'dev' }, version: fixed, environment: 'production' },
	});
	expect(up).toMatchObject({ status: 422, body: { code: 'rehearsal_not_possible' } });
});
