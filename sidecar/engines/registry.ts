import { digestOf } from '../kernel/canonical-json';
import { OrchestrationError } from '../kernel/errors';
import type { EngineConnection, EngineMemory } from './port/connection';
import type { Engine } from './port/engine';

export type EngineFactory = (connection: EngineConnection, memory: EngineMemory) => Engine;

export interface EngineRegistry {
	/**
	 * The engine of an environment. The same connection gives the same one, so that its circuit,
	 * tokens and caches are shared; a changed connection gives a new one.
	 * @throws capability_missing for a kind of engine that is not built in
	 */
	engineOf(connection: EngineConnection): Engine;
}

export interface EngineRegistryOptions {
	factories: Partial<Record<EngineConnection['engine'], EngineFactory>>;
	memoryOf: (environment: string) => EngineMemory;
}

export function createEngineRegistry(options: EngineRegistryOptions): EngineRegistry {
	const engines = new Map<string, { fingerprint: string; engine: Engine }>();
	return {
		engineOf(connection) {
			const { environment } = connection;
			const fingerprint = digestOf(connection);
			const known = engines.get(environment);
			if (known?.fingerprint === fingerprint) return known.engine;
			const factory = options.factories[connection.engine];
			if (factory === undefined) {
				throw new OrchestrationError(
					'capability_missing',
					`environment "${environment}" is of the kind "${connection.engine}", which this ` +
						'sidecar cannot speak with yet; use one of: ' +
						Object.keys(options.factories).join(', '),
					{ details: { environment, engine: connection.engine } },
				);
			}
			const engine = factory(connection, options.memoryOf(environment));
			engines.set(environment, { fingerprint, engine });
			return engine;
		},
	};
}
