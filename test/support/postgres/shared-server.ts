import path from 'node:path';

/** What the keeper writes down for the test files. */
export interface SharedServer {
	keeperPid: number;
	connectionString: string;
	/** Name of the migrated database to copy. */
	template: string;
}

export const registryFile = (runDir: string): string => path.join(runDir, 'postgres.json');

/** Exists while the keeper comes up, so that only one is started. */
export const startingFile = (runDir: string): string => path.join(runDir, 'postgres.starting');

/** Whether the run folder is the keeper's to remove. */
export type FolderOwner = 'shared-folder' | 'own-folder';
