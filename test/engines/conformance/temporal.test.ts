import { randomUUID } from 'node:crypto';
import { byHandOnly } from '../../support/dead-letters/stage';
import { startSupplier } from '../../support/dead-letters/supplier';
import { ledgerOf } from '../../support/executions/stage';
import { freshDatabase } from '../../support/postgres/fresh-database';
import { operatorOf } from '../../support/sidecar/operator';
import { startSidecar } from '../../support/sidecar/sidecar-process';
import { startTemporal } from '../../support/temporal/temporal-server';
import { startTestWorker } from '../../support/temporal/test-worker';
import { engineConformance } from './conformance';
import type { EngineStage } from './engine-stage';

engineConformance('temporal:', openTemporalStage);

async function openTemporalStage(): Promise<EngineStage> {
	const [temporal, database, supplier] = await Promise.all([
		startTemporal(),
		freshDatabase(),
		startSupplier(),
	]);
	const { address } = temporal;
	const taskQueue = `conformance-${randomUUID()}`;
	const [sidecar, worker] = await Promise.all([
		startSidecar({ databaseUrl: database.connectionString }),
		startTestWorker({ address, taskQueue }),
	]);
	const environment = 'orders';
	const registered = await sidecar.api(`/environments/${environment}`, {
		method: 'PUT',
		body: {
			engine: 'temporal',
			baseUrl: `http://${address}`,
			stage: 'dev',
			...byHandOnly,
		},
	});
	if (!registered.ok) throw new Error(JSON.stringify(registered.body));
	return {
		environment,
		sidecar,
		operator: operatorOf(sidecar),
		ledger: ledgerOf(sidecar),
		supplier,
		calling: async () => `calling@${taskQueue}`,
		startByOthers: async (_, desk) => {
			const client = await temporal.client();
			const args = [{ desk: supplier.at(desk), order: 17 }];
			await client.workflow.start('calling', { taskQueue, workflowId: randomUUID(), args });
			await client.connection.close();
		},
		isRunning: async (id) => {
			const client = await temporal.client();
			const [workflowId = '', runId] = id.split('/');
			const { status } = await client.workflow.getHandle(workflowId, runId).describe();
			await client.connection.close();
			return status.name === 'RUNNING';
		},
		killWorker: worker.kill,
		startWorker: worker.restart,
		afterCrash: 'succeeded',
		killEngine: temporal.kill,
		startEngine: temporal.restart,
		stop: async () => {
			supplier.stop();
			await worker.stop();
			await sidecar.stop();
			await temporal.stop();
			await database.drop();
		},
	};
}
