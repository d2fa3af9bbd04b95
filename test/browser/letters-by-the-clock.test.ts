import type { Browser } from 'playwright-core';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { launchChromium } from '../support/browser/chromium';
import { type ConsoleVisit, settled, visitConsole } from '../support/browser/console-visit';
import { seedRows } from '../support/console/seed-rows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

jest.setTimeout(120_000);

let browser: Browser;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let visit: ConsoleVisit;

beforeAll(async () => {
	[browser, database] = await Promise.all([launchChromium(), freshDatabase()]);
	const { pool } = database;
	await seedRows(pool, 3);
	await pool.query(
		`update dead_letters set expires_at = now() - interval '1 minute' where execution_id = '2'`,
	);
	await createDeadLetterStore(pool).expire(new Date());
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	visit = await visitConsole(browser, sidecar);
});
afterAll(async () => {
	await visit?.close();
	await sidecar?.stop();
	await browser?.close();
	await database?.drop();
});

it('makes a replay schedule, shows when it runs next, and removes it', async () => {
	const { page } = visit;
	await visit.open('/dead-letters?view=schedules');
	await page.getByText('No schedule yet').waitFor();
	await page.getByRole('button', { name: 'New schedule…' }).click();
	const dialog = page.getByRole('dialog', { name: 'New replay schedule' });
	await dialog.getByLabel('Name').fill('nightly');
	await dialog.getByLabel('Environment').selectOption('production');
	await dialog.getByLabel('When').fill('0 3 * *');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await page.getByText(/five cron fields, like/).waitFor();
	await dialog.getByLabel('When').fill('0 3 * * *');
	await dialog.getByRole('button', { name: 'Save' }).click();
	const row = page.getByRole('row', { name: /nightly/ });
	await row.getByText('transient letters of all workflows in production').waitFor();
	await row.getByText('never').waitFor();
	expect(await visit.violations()).toEqual([]);
	await row.getByRole('button', { name: 'Remove…' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
	await page.getByText('No schedule yet').waitFor();
});

it('takes a letter out of the archive, so that it waits again', async () => {
	const { page } = visit;
	await visit.open('/dead-letters?view=archive');
	const table = page.getByRole('table', { name: 'Archive' });
	await table.getByRole('button', { name: 'Restore' }).waitFor();
	expect(await visit.violations()).toEqual([]);
	await table.getByRole('button', { name: 'Restore' }).click();
	await page.getByText('The archive is empty').waitFor();
	await visit.open('/dead-letters?state=waiting');
	await settled(page);
	await page.getByText('3 rows', { exact: true }).waitFor();
});
