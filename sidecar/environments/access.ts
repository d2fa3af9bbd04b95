import type { EngineConnection, EngineMemory } from '../engines/port/connection';
import { isOrchestrationError } from '../kernel/errors';
import type { AccessSecrets, Environment } from './environment';
import type { EnvironmentStore } from './environment-store';
import type { Sealing } from './sealing';

/** Where the boxes of an environment stand; a box of another place does not open here. */
const accessPlace = (environment: string): string => `${environment}/access`;
const memoryPlace = (environment: string): string => `${environment}/memory`;

export function sealAccess(sealing: Sealing, environment: string, secrets: AccessSecrets): string {
	return sealing.seal(JSON.stringify(secrets), accessPlace(environment));
}

/** @throws secret_unreadable */
export function openAccess(
	sealing: Sealing,
	environment: Pick<Environment, 'name' | 'sealedAccess'>,
): AccessSecrets {
	const opened = sealing.open(environment.sealedAccess, accessPlace(environment.name));
	return JSON.parse(opened) as AccessSecrets;
}

/** What an engine adapter needs to reach the instance. @throws secret_unreadable */
export function connectionOf(sealing: Sealing, environment: Environment): EngineConnection {
	const { tls, ...access } = openAccess(sealing, environment);
	const { name, engine, baseUrl, temporal } = environment;
	const connection = { environment: name, engine, baseUrl, ...access };
	if (!temporal) return connection;
	const { namespace, taskQueue, serverName } = temporal;
	const { ca = null, clientCertificate = null } = tls ?? {};
	return { ...connection, temporal: { namespace, taskQueue, serverName, ca, clientCertificate } };
}

/** The memory of the engine adapter of one environment, sealed at rest. */
export function engineMemory(
	store: Pick<EnvironmentStore, 'loadMemory' | 'saveMemory'>,
	sealing: Sealing,
	environment: string,
): EngineMemory {
	const place = memoryPlace(environment);
	return {
		load: async () => {
			const box = await store.loadMemory(environment);
			if (box === null) return null;
			try {
				return JSON.parse(sealing.open(box, place)) as Record<string, string>;
			} catch (error) {
				// Its key is lost. The adapter installs anew what it needs and remembers that.
				if (isOrchestrationError(error, 'secret_unreadable')) return null;
				throw error;
			}
		},
		save: async (state) => {
			await store.saveMemory(environment, sealing.seal(JSON.stringify(state), place));
		},
	};
}

/**
 * Puts every box under the first key; after it the former keys may be forgotten. To be run at start,
 * before requests come in. A box that no key opens is left as it is: its environment must be
 * registered again, and for that the sidecar has to run.
 * @returns names of the environments that changed, and of those that no key opens
 */
export async function resealEnvironments(
	store: EnvironmentStore,
	sealing: Sealing,
): Promise<{ changed: string[]; unreadable: string[] }> {
	const changed: string[] = [];
	const unreadable: string[] = [];
	for (const environment of await store.list()) {
		try {
			if (await resealOne(store, sealing, environment)) changed.push(environment.name);
		} catch (error) {
			if (!isOrchestrationError(error, 'secret_unreadable')) throw error;
			unreadable.push(environment.name);
		}
	}
	return { changed, unreadable };
}

async function resealOne(
	store: EnvironmentStore,
	sealing: Sealing,
	environment: Environment,
): Promise<boolean> {
	const { name, sealedAccess } = environment;
	const memory = await store.loadMemory(name);
	const staleAccess = sealing.isStale(sealedAccess);
	const staleMemory = memory !== null && sealing.isStale(memory);
	if (staleAccess) {
		const resealed = sealing.reseal(sealedAccess, accessPlace(name));
		await store.put({ ...environment, sealedAccess: resealed });
	}
	if (staleMemory) {
		await store.saveMemory(name, sealing.reseal(memory, memoryPlace(name)));
	}
	return staleAccess || staleMemory;
}
