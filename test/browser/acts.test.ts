import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';
import { seedRows } from '../support/console/seed-rows';

jest.setTimeout(120_000);

let room: ConsoleRoom;

/** Two environments whose n8n does not answer, with letters that wait. */
beforeAll(async () => {
	room = await openConsoleRoom(async ({ pool }) => await seedRows(pool, 200));
});
afterAll(async () => await room?.close());

it('cancels an execution that waits for an n8n that is away, and runs it again', async () => {
	const { visit, sidecar } = room;
	const { page } = visit;
	const { body } = await sidecar.api<{ id: string }>('/executions', {
		body: { environment: 'production', workflow: 'p1', payload: { order: 17 } },
	});
	await visit.open(`/executions/${body.id}`);
	await page.getByRole('button', { name: 'Cancel', exact: true }).click();
	const dialog = page.getByRole('dialog', { name: 'Cancel this execution?' });
	expect(await visit.violations()).toEqual([]);
	await dialog.getByRole('button', { name: 'Cancel it' }).click();
	const title = page.getByRole('heading', { level: 1 });
	await title.getByText('canceled').waitFor();
	await page.getByRole('button', { name: 'Retry' }).click();
	await page.waitForURL((url) => !url.pathname.endsWith(body.id));
	await title.getByText('queued').waitFor();
	const again = page.url().split('/').at(-1) ?? '';
	expect((await sidecar.api(`/executions/${again}`)).body).toMatchObject({
		retryOf: body.id,
		payload: { order: 17 },
	});
	expect(visit.trouble()).toEqual([]);
});

it('begins the replay of an incident, lets it rest, go on, and cancels the rest', async () => {
	const { visit, sidecar } = room;
	const { page } = visit;
	await visit.open('/dead-letters');
	await page.getByRole('button', { name: 'Replay…' }).first().click();
	const dialog = page.getByRole('dialog', { name: 'Replay dead letters' });
	await dialog.getByLabel('Letters a second').fill('0.01');
	await dialog.getByRole('button', { name: 'Replay 10' }).click();
	const title = page.getByRole('heading', { level: 1 });
	await title.getByText('running').waitFor();
	await page.getByText('of 10 replayed').waitFor();
	expect(await visit.violations()).toEqual([]);
	await page.getByRole('button', { name: 'Pause' }).click();
	await title.getByText('paused').waitFor();
	await page.getByRole('button', { name: 'Go on' }).click();
	await title.getByText('running').waitFor();
	await page.getByRole('button', { name: 'Cancel the rest' }).click();
	await title.getByText('cancelled').waitFor();
	const { body } = await sidecar.api<{ data: Array<{ state: string }> }>('/replays');
	expect(body.data.map(({ state }) => state)).toEqual(['canceled']);
	expect(visit.trouble()).toEqual([]);
});

it('says what a Temporal environment lacks, and that nobody answers there', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/settings/environments/new');
	await page.getByLabel('Engine').selectOption('Temporal');
	await page.getByLabel('Name', { exact: true }).fill('Big Machine');
	await page.getByText('a letter, then lower-case letters').waitFor();
	await page.getByLabel('Address of the frontend').fill('temporal:7233');
	await page.getByText('an address that begins with http:// or https://').waitFor();
	const connect = page.getByRole('button', { name: 'Connect and check' });
	expect(await connect.isDisabled()).toBe(true);
	await page.getByLabel('Name', { exact: true }).fill('big-machine');
	await page.getByLabel('Address of the frontend').fill('http://127.0.0.1:9');
	await page.getByLabel('Task queue').fill('orders');
	expect(await visit.violations()).toEqual([]);
	await connect.click();
	await page.getByRole('heading', { level: 1, name: 'big-machine' }).waitFor();
	await page.getByText('unreachable', { exact: true }).waitFor();
	expect(visit.trouble()).toEqual([]);
});
