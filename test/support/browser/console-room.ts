import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { TokenInput } from '../../../sidecar/contract/tokens';
import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database';
import { type SidecarOptions, type SidecarProcess, startSidecar } from '../sidecar/sidecar-process';
import { launchChromium } from './chromium';
import { type ConsoleVisit, visitConsole } from './console-visit';

/** A sidecar on a database of its own, and somebody signed in at its console. */
export interface ConsoleRoom {
	database: FreshDatabase;
	sidecar: SidecarProcess;
	browser: Browser;
	visit: ConsoleVisit;
	/** Somebody else, who may do less. */
	visitAs(role: TokenInput['role']): Promise<ConsoleVisit>;
	close(): Promise<void>;
}

/** @param seed what is there before the sidecar starts */
export async function openConsoleRoom(
	seed: (database: FreshDatabase) => Promise<void> = async () => undefined,
	given: { sidecar?: SidecarOptions; visit?: BrowserContextOptions } = {},
): Promise<ConsoleRoom> {
	const [browser, database] = await Promise.all([launchChromium(), freshDatabase()]);
	await seed(database);
	const sidecar = await startSidecar({ databaseUrl: database.connectionString, ...given.sidecar });
	const visit = await visitConsole(browser, sidecar, given.visit);
	return {
		database,
		sidecar,
		browser,
		visit,
		visitAs: async (role) => {
			const body = { name: `${role} of the tests`, role };
			const made = await sidecar.api<{ token: string }>('/tokens', { body });
			return await visitConsole(browser, { url: sidecar.url, token: made.body.token });
		},
		close: async () => {
			await visit.close();
			await sidecar.stop();
			await browser.close();
			await database.drop();
		},
	};
}
