import { hostname } from 'node:os';
import type { Config } from '../config';
import { createN8nEngine } from '../engines/n8n/n8n-engine';
import { createEngineRegistry } from '../engines/registry';
import { createTemporalEngine } from '../engines/temporal/temporal-engine';
import { connectionOf, engineMemory } from '../environments/access';
import { createAddressRules } from '../environments/address-rules';
import type { EnvironmentStore } from '../environments/environment-store';
import { findEnvironment } from '../environments/find-environment';
import { createSealing } from '../environments/sealing';
import { createDraining } from '../http/draining';
import { createBackgroundWork } from '../jobs/background-work';
import { createFleetClock } from '../jobs/fleet-clock';
import { systemClock } from '../kernel/clock';
import { newId } from '../kernel/ids';
import { remembered, type Remembered } from '../kernel/remembered';
import { newTraceparent } from '../kernel/traceparent';
import { registerClockMetrics } from '../monitoring/clock-metrics';
import type { Log } from '../monitoring/log';
import { createMetrics } from '../monitoring/metrics';
import { knownQuotas } from '../quotas/use-quotas';
import { databaseNow } from '../storage/database-time';
import type { Pool } from '../storage/pool';
import { createStores } from './stores';

/** Read once, its keys at hand. */
export type Settings = Config & { encryptionKeys: Buffer[] };

export type Foundation = ReturnType<typeof layFoundation>;

/** What every part stands on: time, stores, secrets, engines. */
export function layFoundation(config: Settings, pool: Pool, log: Log) {
	const clock = createFleetClock({
		own: systemClock,
		databaseNow: async () => await databaseNow(pool),
		log,
	});
	const metrics = createMetrics();
	registerClockMetrics(metrics.registry, () => clock.machineAheadMs);
	const random = Math.random;
	const stores = createStores(pool, clock);
	const sealing = createSealing(config.encryptionKeys);
	const addressRules = createAddressRules(config.allowedAddresses);
	const allowedAddress = async (url: URL) => await addressRules.allows(url);
	const engines = createEngineRegistry({
		factories: {
			n8n: (connection, memory) =>
				createN8nEngine({ connection, memory, clock, random, log, addresses: addressRules }),
			temporal: (connection) => createTemporalEngine({ connection, clock, allowedAddress }),
		},
		memoryOf: (environment) => engineMemory(stores.environments, sealing, environment),
	});
	const environmentOf = async (name: string) => await findEnvironment(stores.environments, name);
	const connectionTo = async (name: string) => connectionOf(sealing, await environmentOf(name));
	const engineOf = async (name: string) => engines.engineOf(await connectionTo(name));
	const lately = {
		environmentOf: remembered(environmentOf, clock),
		engineOf: remembered(engineOf, clock),
	};
	return {
		config,
		pool,
		log,
		clock,
		random,
		newId,
		newTraceparent,
		/** Names this process in leases. */
		owner: `${hostname()}-${newId()}`,
		stores: { ...stores, environments: forgetting(stores.environments, Object.values(lately)) },
		sealing,
		addressRules,
		allowedAddress,
		metrics,
		draining: createDraining(),
		background: createBackgroundWork(log),
		environmentOf,
		environments: async () => await stores.environments.list(),
		connectionTo,
		engineOf,
		/** As they were within the last second: for work of which there may be thousands a second. */
		lately: { environmentOf: lately.environmentOf.of, engineOf: lately.engineOf.of },
		quotaOf: knownQuotas(stores.quotas, clock),
	};
}

/** What is changed here is known here at once. */
function forgetting(
	environments: EnvironmentStore,
	memories: ReadonlyArray<Pick<Remembered<unknown>, 'forget'>>,
): EnvironmentStore {
	const after = async <Result>(work: Promise<Result>): Promise<Result> => {
		try {
			return await work;
		} finally {
			for (const memory of memories) memory.forget();
		}
	};
	return {
		...environments,
		put: async (environment) => await after(environments.put(environment)),
		remove: async (name) => await after(environments.remove(name)),
	};
}
