import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';
import { type ConsoleVisit, settled, visitConsole } from '../support/browser/console-visit';
import { seedRows } from '../support/console/seed-rows';
import type { FreshDatabase } from '../support/postgres/fresh-database';

jest.setTimeout(300_000);

/** Everything in the navigation, by its name. */
async function pagesOf({ page }: ConsoleVisit): Promise<string[]> {
	const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('listitem');
	return (await links.allInnerTexts()).map((name) => name.trim());
}

async function goTo({ page }: ConsoleVisit, name: string): Promise<void> {
	const navigation = page.getByRole('navigation', { name: 'Pages' });
	await navigation.getByRole('link', { name, exact: true }).click();
	await settled(page);
}

describe.each([
	[0, 'light'],
	[1, 'light'],
	[10_000, 'dark'],
] as const)('with %i rows, in %s colours', (rows, colorScheme) => {
	let room: ConsoleRoom;
	let visit: ConsoleVisit;

	beforeAll(async () => {
		const seed = async ({ pool }: FreshDatabase) => {
			if (rows > 0) await seedRows(pool, rows);
		};
		room = await openConsoleRoom(seed, { visit: { colorScheme } });
		({ visit } = room);
	});
	afterAll(async () => await room?.close());

	it('shows every page without an error, and without a fault that axe finds', async () => {
		const { page } = visit;
		const names = await pagesOf(visit);
		expect(names).toHaveLength(10);
		const found: string[] = [];
		for (const name of names) {
			await goTo(visit, name);
			const alerts = await page.locator('main [role=alert]').allInnerTexts();
			found.push(...alerts.map((text) => `${name}: ${text}`));
			found.push(...(await visit.violations()).map((text) => `${name}: ${text}`));
		}
		expect(found).toEqual([]);
		expect(visit.trouble()).toEqual([]);
	});

	if (rows > 1) {
		it('keeps only the rows in sight in the page, and fetches on', async () => {
			const { page } = visit;
			await goTo(visit, 'Executions');
			const inPage = page.getByRole('table', { name: 'Executions' }).locator('tbody tr');
			await page.getByText('100 loaded, more below').waitFor();
			for (const loaded of ['200', '300', '400']) {
				await page.mouse.wheel(0, 100_000);
				await page.getByText(`${loaded} loaded, more below`).waitFor();
			}
			expect(await inPage.count()).toBeLessThan(80);
		});
	}
});

describe('at the keyboard', () => {
	let room: ConsoleRoom;
	let visit: ConsoleVisit;

	beforeAll(async () => {
		room = await openConsoleRoom(async ({ pool }) => await seedRows(pool, 3));
		({ visit } = room);
	});
	afterAll(async () => await room?.close());

	it('goes to pages, searches, opens and closes what there is', async () => {
		const { page } = visit;
		const heading = (name: string) => page.getByRole('heading', { level: 1, name });
		await page.keyboard.press('g');
		await page.keyboard.press('w');
		await heading('Workflows').waitFor();
		await page.keyboard.press('/');
		await page.getByRole('combobox', { name: 'Page, workflow, or an id' }).waitFor();
		await page.keyboard.type('shop 2');
		await page.getByRole('option', { name: 'Orders of shop 2' }).waitFor();
		await page.keyboard.press('Enter');
		await heading('Orders of shop 2').waitFor();
		await page.keyboard.press('?');
		const help = page.getByRole('dialog', { name: 'Keyboard' });
		await help.waitFor();
		await page.keyboard.press('Escape');
		await help.waitFor({ state: 'hidden' });
	});

	it('passes the navigation with the first Tab', async () => {
		const { page } = visit;
		await visit.open('/executions');
		await settled(page);
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		const focused = async () => await page.evaluate(() => document.activeElement?.id);
		expect(await focused()).toBe('main');
		await page.keyboard.press('Tab');
		await page.keyboard.type('shop 3');
		await page.getByText('1 row', { exact: true }).waitFor();
	});

	it('keeps what was switched: dark colours, and one environment', async () => {
		const { page } = visit;
		await page.getByRole('button', { name: 'Dark colours' }).focus();
		await page.keyboard.press('Space');
		const picker = page.getByLabel('Environment', { exact: true });
		await picker.selectOption('production');
		const listed = Promise.withResolvers<void>();
		await page.route('**/api/v1/environments?*', async (route) => {
			await listed.promise;
			await route.continue();
		});
		await page.reload();
		await page.getByRole('button', { name: 'Light colours' }).waitFor();
		expect(await picker.inputValue()).toBe('production');
		listed.resolve();
		await picker.getByRole('option', { name: 'dev' }).waitFor({ state: 'attached' });
		expect(await picker.inputValue()).toBe('production');
		expect(visit.trouble()).toEqual([]);
	});

	it('does not offer what a role may not do', async () => {
		const viewer = await room.visitAs('viewer');
		await goTo(viewer, 'Workflows');
		await viewer.page.getByRole('link', { name: 'Orders of shop 1' }).waitFor();
		expect(await viewer.page.getByRole('button', { name: 'Take a version' }).count()).toBe(0);
		await goTo(viewer, 'Promote');
		expect(await viewer.page.getByRole('link', { name: 'New promotion' }).count()).toBe(0);
		await viewer.close();
	});

	it('fits a phone, where the navigation opens and closes', async () => {
		const phone = await visitConsole(room.browser, room.sidecar, {
			viewport: { width: 390, height: 760 },
		});
		const { page } = phone;
		await page.getByRole('button', { name: 'Navigation', exact: true }).click();
		await goTo(phone, 'Executions');
		await page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'hidden' });
		const overflow = await page.evaluate(
			() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
		);
		expect(overflow).toBeLessThanOrEqual(0);
		await phone.close();
	});

	it('says so when the sidecar does not answer, and goes on when it does', async () => {
		const { page } = visit;
		await visit.open('/executions');
		await settled(page);
		await room.sidecar.kill();
		await page.getByPlaceholder('Name of the workflow or of the error').fill('shop 2');
		await page.getByText('The sidecar does not answer').first().waitFor();
		await room.sidecar.restart();
		await page.getByRole('button', { name: 'Try now' }).click();
		await page.getByText('1 row', { exact: true }).waitFor();
		await page.getByText('The sidecar does not answer').first().waitFor({ state: 'hidden' });
	});
});
