import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { byHandOnly } from '../../support/dead-letters/stage';
import { startSupplier, type Supplier } from '../../support/dead-letters/supplier';
import { ledgerOf, type Ledger } from '../../support/executions/stage';
import { freshDatabase } from '../../support/postgres/fresh-database';
import { operatorOf, type Operator } from '../../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../../support/sidecar/sidecar-process';
import { sharedTemporal } from '../../support/temporal/temporal-server';
import { startTestWorker, type TestWorker } from '../../support/temporal/test-worker';

/** A sidecar with an environment of the shared Temporal, and a worker of the test's own. */
export interface TemporalStage {
	sidecar: SidecarProcess;
	operator: Operator;
	ledger: Ledger;
	supplier: Supplier;
	client: Client;
	worker: TestWorker;
	address: string;
	taskQueue: string;
	/** Registers another environment; default: the shared server, namespace default. */
	register(name: string, more?: Record<string, unknown>): Promise<void>;
	stop(): Promise<void>;
}

export async function temporalStage(): Promise<TemporalStage> {
	const [temporal, database, supplier] = await Promise.all([
		sharedTemporal(),
		freshDatabase(),
		startSupplier(),
	]);
	const { address } = temporal;
	const taskQueue = `team-${randomUUID()}`;
	const [sidecar, worker, client] = await Promise.all([
		startSidecar({ databaseUrl: database.connectionString }),
		startTestWorker({ address, taskQueue }),
		temporal.client(),
	]);
	const register = async (name: string, more: Record<string, unknown> = {}) => {
		const body = { engine: 'temporal', baseUrl: `http://${address}`, stage: 'dev', ...more };
		const answer = await sidecar.api(`/environments/${name}`, {
			method: 'PUT',
			body: { ...body, ...byHandOnly },
		});
		if (!answer.ok) throw new Error(JSON.stringify(answer.body));
	};
	await register('team', { temporal: { taskQueue } });
	return {
		sidecar,
		operator: operatorOf(sidecar),
		ledger: ledgerOf(sidecar),
		supplier,
		client,
		worker,
		address,
		taskQueue,
		register,
		stop: async () => {
			supplier.stop();
			await client.connection.close();
			await worker.stop();
			await sidecar.stop();
			await database.drop();
		},
	};
}
