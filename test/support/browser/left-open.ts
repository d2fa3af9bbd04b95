import type { RehearsalReport } from '../../../sidecar/contract/rehearsals';
import type { Stage } from '../../demo/stage';
import { orderPath } from '../../demo/workflows';
import { expectOk } from '../n8n/n8n-requests';
import { until } from '../n8n/until';
import { callWebhook } from '../n8n/workflow-runs';
import { operatorOf } from '../sidecar/operator';
import { edit, type FullWorkflow, named } from '../n8n/workflow-edits';

/** So that there is something to see on every page. */
export async function leaveSomethingOpen(stage: Stage): Promise<void> {
	const { sidecar } = stage;
	const put = async (at: string, body: object, method = 'PUT') => {
		expectOk(at, await sidecar.api(at, { method, body }));
	};
	await failAndRehearse(stage);
	await put('/circuits/supplier', {});
	await put('/circuits/supplier/force', { state: 'open' }, 'POST');
	await put('/rate-limits/supplier', { limit: 10, intervalMs: 1000 });
	await put('/webhooks/endpoints/shop', {
		scheme: 'standard-webhooks',
		secrets: ['the-webhook-secret'],
	});
	await put('/alerts/rules/letters', {
		condition: { kind: 'dead-letters', above: 0 },
		channels: [],
	});
}

/** Two of three orders would succeed with what is being worked on in dev. */
async function failAndRehearse({ dev, production, sidecar }: Stage): Promise<void> {
	const operator = operatorOf(sidecar);
	const shipTo = 'Main Street 1';
	for (const order of [{ order: 11, shipTo }, { order: 12, shipTo }, { order: 13 }]) {
		await callWebhook(production, orderPath, order);
	}
	await until('three letters', async () => {
		const letters = await operator.letters('environment=production&state=waiting');
		return letters.length === 3 || undefined;
	});
	const [{ id: workflowId }] = (await named(dev, 'Order intake')) as [FullWorkflow];
	const code = (text: string) =>
		text.replace('deliverTo }', 'deliverTo, shipTo }').replace('?? deliverTo', '$& ?? shipTo');
	await edit(dev, workflowId, ({ nodes }) => ({
		nodes: JSON.parse(code(JSON.stringify(nodes))) as typeof nodes,
	}));
	const { id: version } = await operator.snapshot('dev', workflowId, 'read shipTo too');
	const body = { filter: { environment: 'production' }, version, environment: 'dev' };
	const begun = await sidecar.api<RehearsalReport>('/rehearsals', { body });
	const { id } = expectOk('rehearse', begun);
	await until('the rehearsal to end', async () => {
		const { body: report } = await sidecar.api<RehearsalReport>(`/rehearsals/${id}`);
		return report.state === 'finished' || undefined;
	});
}
