import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';

jest.setTimeout(120_000);

let room: ConsoleRoom;

beforeAll(async () => {
	room = await openConsoleRoom();
});
afterAll(async () => await room?.close());

it('gives a tenant a quota, and changes it', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/traffic?view=quotas');
	await page.getByRole('button', { name: 'New quota…' }).click();
	const made = page.getByRole('dialog', { name: 'New quota' });
	await made.getByLabel('Tenant').fill('acme');
	await made.getByLabel('Leases at once').fill('none');
	await made.getByText('a whole number from 1, or nothing').waitFor();
	await made.getByLabel('Leases at once').fill('3');
	expect(await visit.violations()).toEqual([]);
	await made.getByRole('button', { name: 'Save' }).click();
	const row = page.getByRole('row', { name: /acme/ });
	await row.getByText('3', { exact: true }).waitFor();
	await row.getByRole('button', { name: 'Edit…' }).click();
	const changed = page.getByRole('dialog', { name: 'Quota of acme' });
	await changed.getByLabel('Leases at once').fill('');
	await changed.getByRole('button', { name: 'Save' }).click();
	await row.getByText('any', { exact: true }).waitFor();
	expect(visit.trouble()).toEqual([]);
});

it('keeps what was typed when somebody clicks beside a dialog; Esc closes it', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/traffic?view=quotas');
	await page.getByRole('button', { name: 'New quota…' }).click();
	const dialog = page.getByRole('dialog', { name: 'New quota' });
	const tenant = dialog.getByLabel('Tenant');
	await tenant.fill('acme');
	await page.mouse.click(5, 5);
	await page.mouse.click(5, 5);
	expect(await tenant.inputValue()).toBe('acme');
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
	expect(visit.trouble()).toEqual([]);
});

it('makes a channel, shows its secret once, and removes it', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/alerts?view=channels');
	await page.getByRole('button', { name: 'New channel…' }).click();
	const dialog = page.getByRole('dialog', { name: 'New channel' });
	await dialog.getByLabel('Name').fill('on-call');
	await dialog.getByLabel('Kind').selectOption('webhook');
	await dialog.getByLabel('Address').fill('http://127.0.0.1:9/alerts');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await dialog.getByText('It is shown only now').waitFor();
	await dialog.getByRole('button', { name: 'Done' }).click();
	const row = page.getByRole('row', { name: /on-call/ });
	await row.getByRole('button', { name: 'Remove…' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
	await page.getByText('No channel yet').waitFor();
	expect(visit.trouble()).toEqual([]);
});
