import type { RequestListener } from 'node:http';
import { composeParts, createAppOf } from '../compose';
import type { EngineConnection } from '../engines/port/connection';
import type { OrchestrationPorts } from '../engines/temporal/orchestration/orchestration-ports';
import { isOrchestrationError } from '../kernel/errors';
import type { Log } from '../monitoring/log';
import type { Pool } from '../storage/pool';
import { type Foundation, layFoundation, type Settings } from './foundation';
import { orchestrationPorts } from './orchestration';
import type { Service } from './part';
import { composeSessions } from './sessions';

export interface OrchestrationWorker extends Pick<Foundation, 'clock' | 'draining'> {
	/** Health and metrics. */
	app: RequestListener;
	/** What the activities stand on. */
	ports: OrchestrationPorts;
	/** It sends what its activities accept by itself, and takes its share of the rest. */
	services: Service[];
	/** To the namespaces whose orchestrations it runs. */
	connections(): Promise<EngineConnection[]>;
	/** @throws address_not_allowed */
	assertAllowed(connection: EngineConnection): Promise<void>;
	settled(): Promise<void>;
}

/** Puts together what a worker needs of the sidecar. */
export function composeWorker(
	settings: Settings,
	pool: Pool,
	log: Log,
	version: string,
	withoutWorker: () => string[],
): OrchestrationWorker {
	const foundation = layFoundation(settings, pool, log);
	const { executions } = composeParts(foundation);
	const { clock, draining, background, stores, connectionTo, config, addressRules } = foundation;
	const own = { sessions: composeSessions(foundation), version, consoleFolder: null };
	const connects = {
		name: 'temporal',
		check: async () => {
			const names = withoutWorker();
			if (names.length > 0) throw new Error(`no worker for ${names.join(', ')} yet; see the log`);
		},
	};
	return {
		app: createAppOf(foundation, [], own, [connects]),
		ports: orchestrationPorts(foundation, executions),
		services: [clock, ...executions.services],
		connections: async () => {
			const found = await stores.environments.list();
			const chosen = found.filter(
				({ engine, name }) =>
					engine === 'temporal' && (config.workerEnvironments?.includes(name) ?? true),
			);
			const opened = await Promise.all(
				chosen.map(async ({ name }) => {
					try {
						return [await connectionTo(name)];
					} catch (error) {
						if (!isOrchestrationError(error, 'secret_unreadable')) throw error;
						log.error({ environment: name, err: error }, 'its access cannot be opened here');
						return [];
					}
				}),
			);
			return opened.flat();
		},
		assertAllowed: async ({ baseUrl }) => {
			await addressRules.check(baseUrl);
		},
		clock,
		draining,
		settled: background.settled,
	};
}
