import type { EngineConnection, EngineMemory } from '../engines/engine';
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
	return {
		environment: environment.name,
		engine: environment.engine,
		baseUrl: environment.baseUrl,
		...openAccess(sealing, environment),
	};
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
			return box === null ? null : (JSON.parse(sealing.open(box, place)) as Record<string, string>);
		},
		save: async (state) => {
			await store.saveMemory(environment, sealing.seal(JSON.stringify(state), place));
		},
	};
}

/**
 * Puts every box under the first key; after it the former keys may be forgotten. To be run at start,
 * before requests come in.
 * @returns names of the environments that changed
 * @throws secret_unreadable
 */
export async function resealEnvironments(
	store: EnvironmentStore,
	sealing: Sealing,
): Promise<string[]> {
	const changed: string[] = [];
	for (const environment of await store.list()) {
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
		if (staleAccess || staleMemory) changed.push(name);
	}
	return changed;
}
