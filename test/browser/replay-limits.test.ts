import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';
import { seedRows } from '../support/console/seed-rows';

jest.setTimeout(120_000);

let room: ConsoleRoom;

/** A circuit and a rate limit that the dialogs know. */
beforeAll(async () => {
	room = await openConsoleRoom(async ({ pool }) => await seedRows(pool, 40));
	const { sidecar } = room;
	await sidecar.api('/circuits/supplier', { method: 'PUT', body: {} });
	const pace = { limit: 10, intervalMs: 1000 };
	await sidecar.api('/rate-limits/supplier-calls', { method: 'PUT', body: pace });
});
afterAll(async () => await room?.close());

it('holds a bulk replay to a circuit and a rate limit that are known', async () => {
	const { visit, sidecar } = room;
	const { page } = visit;
	await visit.open('/dead-letters');
	await page.getByRole('button', { name: 'Replay…' }).first().click();
	const dialog = page.getByRole('dialog', { name: 'Replay dead letters' });
	await dialog.locator('option[value=supplier]').waitFor({ state: 'attached' });
	await dialog.getByLabel('Circuit').fill('supplier');
	await dialog.getByLabel('Rate limit').fill('supplier-calls');
	await dialog.getByLabel('Letters a second').fill('none');
	await dialog.getByText('a number from 0.01 to 100').waitFor();
	expect(await dialog.getByRole('button', { name: /^Replay/ }).isDisabled()).toBe(true);
	await dialog.getByLabel('Letters a second').fill('5');
	const begin = dialog.getByRole('button', { name: 'Replay 2', disabled: false });
	await begin.waitFor();
	expect(await visit.violations()).toEqual([]);
	await begin.click();
	await page.getByRole('link', { name: 'supplier-calls', exact: true }).waitFor();
	const { body } = await sidecar.api<{ data: unknown[] }>('/replays');
	expect(body.data).toMatchObject([{ circuit: 'supplier', rateLimit: 'supplier-calls', rate: 5 }]);
	expect(await visit.violations()).toEqual([]);
	await page.getByRole('link', { name: 'supplier', exact: true }).click();
	await page.getByRole('heading', { level: 1, name: 'supplier' }).waitFor();
	expect(visit.trouble()).toEqual([]);
});

it('gives a schedule a circuit that is not there yet, and takes it away again', async () => {
	const { visit, sidecar } = room;
	const { page } = visit;
	await visit.open('/dead-letters?view=schedules');
	const dialog = page.getByRole('dialog');
	const save = async () => {
		await dialog.getByRole('button', { name: 'Save' }).click();
		await dialog.waitFor({ state: 'detached' });
		return (await sidecar.api('/replay-schedules/nightly')).body;
	};
	await page.getByRole('button', { name: 'New schedule…' }).click();
	await dialog.getByLabel('Name', { exact: true }).fill('nightly');
	await dialog.getByLabel('Circuit').fill('nightly-calls');
	await dialog.getByLabel('Rate limit').fill('supplier-calls');
	expect(await visit.violations()).toEqual([]);
	expect(await save()).toMatchObject({ circuit: 'nightly-calls', rateLimit: 'supplier-calls' });
	await page.getByRole('button', { name: 'Edit…' }).click();
	expect(await dialog.getByLabel('Circuit').inputValue()).toBe('nightly-calls');
	await dialog.getByLabel('Circuit').fill('');
	expect(await save()).toMatchObject({ circuit: null, rateLimit: 'supplier-calls' });
	expect(visit.trouble()).toEqual([]);
});
