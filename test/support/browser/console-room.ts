import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database';
import { startSidecar, type SidecarProcess } from '../sidecar/sidecar-process';
import { launchChromium } from './chromium';
import { type ConsoleVisit, visitConsole } from './console-visit';

/** A sidecar on a database of its own, and somebody signed in at its console. */
export interface ConsoleRoom {
	database: FreshDatabase;
	sidecar: SidecarProcess;
	visit: ConsoleVisit;
	close(): Promise<void>;
}

/** @param seed what is there before the sidecar starts */
export async function openConsoleRoom(
	seed: (database: FreshDatabase) => Promise<void> = async () => undefined,
): Promise<ConsoleRoom> {
	const [browser, database] = await Promise.all([launchChromium(), freshDatabase()]);
	await seed(database);
	const sidecar = await startSidecar({ databaseUrl: database.connectionString });
	const visit = await visitConsole(browser, sidecar);
	return {
		database,
		sidecar,
		visit,
		close: async () => {
			await visit.close();
			await sidecar.stop();
			await browser.close();
			await database.drop();
		},
	};
}
