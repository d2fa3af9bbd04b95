import type { Environment } from './environment';

/** Port of the registry. Storage implements it. */
export interface EnvironmentStore {
	/** Creates or replaces; createdAt of an existing one stays. */
	put(environment: Environment): Promise<Environment>;
	find(name: string): Promise<Environment | null>;
	/** By stage, then name. */
	list(): Promise<Environment[]>;
	/** @throws environment_in_use when promotions, letters or versions name it */
	remove(name: string): Promise<boolean>;
	/** What the engine adapter keeps for itself, sealed. */
	loadMemory(name: string): Promise<string | null>;
	saveMemory(name: string, sealed: string): Promise<void>;
}
