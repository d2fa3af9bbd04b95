import { byHandOnly, callTo, goLive } from '../../support/dead-letters/stage';
import { startSupplier } from '../../support/dead-letters/supplier';
import { ledgerOf } from '../../support/executions/stage';
import { startN8n } from '../../support/n8n/n8n-instance';
import { callWebhook, executionOf } from '../../support/n8n/workflow-runs';
import { webhookWorkflow } from '../../support/n8n/workflows';
import { freshDatabase } from '../../support/postgres/fresh-database';
import { operatorOf } from '../../support/sidecar/operator';
import { startSidecar } from '../../support/sidecar/sidecar-process';
import { engineConformance } from './conformance';
import type { EngineStage } from './engine-stage';

engineConformance('n8n:', openN8nStage);

/** In n8n, what keeps the workflows and what runs them is one process. */
async function openN8nStage(): Promise<EngineStage> {
	const [n8n, database, supplier] = await Promise.all([
		startN8n(),
		freshDatabase(),
		startSupplier(),
	]);
	const sidecar = await startSidecar({ databaseUrl: database.connectionString });
	const operator = operatorOf(sidecar);
	const environment = 'orders';
	await operator.register(environment, n8n, byHandOnly);
	return {
		environment,
		sidecar,
		operator,
		ledger: ledgerOf(sidecar),
		supplier,
		calling: async (desk) =>
			await goLive(
				n8n,
				webhookWorkflow({
					name: `Conformance ${desk}`,
					path: desk.slice(1),
					respond: 'lastNode',
					then: [callTo(supplier.at(desk))],
				}),
			),
		startByOthers: async (_, desk) => {
			await callWebhook(n8n, desk.slice(1), { order: 17 });
		},
		isRunning: async (id) => (await executionOf(n8n, id)).status === 'running',
		killWorker: n8n.kill,
		startWorker: n8n.restart,
		afterCrash: 'failed',
		killEngine: n8n.kill,
		startEngine: n8n.restart,
		stop: async () => {
			supplier.stop();
			await sidecar.stop();
			await n8n.stop();
			await database.drop();
		},
	};
}
