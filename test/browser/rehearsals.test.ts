import type { RehearsalReport } from '../../sidecar/contract/rehearsals';
import type { LetterVerdict } from '../../sidecar/dead-letters/rehearsal/rehearsal';
import { createRehearsalStore } from '../../sidecar/storage/rehearsal-store';
import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';
import { chosen } from '../support/browser/console-visit';
import { seedRows } from '../support/console/seed-rows';
import { expectOk } from '../support/n8n/n8n-requests';

jest.setTimeout(120_000);

let room: ConsoleRoom;

/** Two letters of each incident; no n8n answers. What real ones say is in story.test.ts. */
beforeAll(async () => {
	room = await openConsoleRoom(async ({ pool }) => await seedRows(pool, 40));
	const away = { engine: 'n8n', baseUrl: 'http://127.0.0.1:9', apiKey: 'of-nobody' };
	for (const stage of ['dev', 'production']) {
		const body = { ...away, stage, deadLetters: { follow: false } };
		expectOk(stage, await room.sidecar.api(`/environments/${stage}`, { method: 'PUT', body }));
	}
});
afterAll(async () => await room?.close());

const report = async () => {
	const id = room.visit.page.url().split('/').at(-1) ?? '';
	return (await room.sidecar.api<RehearsalReport>(`/rehearsals/${id}`)).body;
};

async function settle(letter: string, verdict: Partial<LetterVerdict>): Promise<void> {
	const { pool } = room.database;
	const whole: LetterVerdict = {
		verdict: 'succeeds',
		node: null,
		message: null,
		executionId: '7',
		assumed: [],
		...verdict,
	};
	const { id } = await report();
	await createRehearsalStore(pool).settle(id, letter, whole, new Date());
}

it('rehearses an incident from its row, and says what it waits for', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/dead-letters');
	await page.getByRole('button', { name: 'Rehearse…' }).first().click();
	const dialog = page.getByRole('dialog', { name: 'Rehearse' });
	const begin = dialog.getByRole('button', { name: 'Rehearse', exact: true });
	await dialog.getByLabel('With which version').waitFor();
	await chosen(dialog.getByLabel('Where'), 'dev');
	await dialog.getByLabel('At most').fill('101');
	await dialog.getByText('a whole number from 1 to 100').waitFor();
	expect(await begin.isDisabled()).toBe(true);
	await dialog.getByLabel('At most').fill('5');
	expect(await visit.violations()).toEqual([]);
	await begin.click();
	const title = page.getByRole('heading', { level: 1, name: /^Rehearsal/ });
	await title.getByText('running').waitFor();
	await page.getByText(/engine_(unreachable|circuit_open)/).waitFor();
	expect(await visit.violations()).toEqual([]);
	const { environment, letters, filter } = await report();
	expect(environment).toBe('dev');
	expect(letters).toHaveLength(2);
	expect(filter.fingerprint).toMatch(/^[0-9a-f]{32}$/);
});

it('shows letter by letter why not, and replays what would succeed with that version', async () => {
	const { visit, sidecar } = room;
	const { page } = visit;
	const { letters, version } = await report();
	const [good = '', bad = ''] = letters.map(({ letterId }) => letterId);
	await settle(bad, { verdict: 'fails', node: 'Book', message: 'no stock' });
	const row = (letter: string) => page.getByRole('row', { name: letter.slice(-8) });
	await row(bad).getByText('no stock').waitFor();
	await settle(good, { assumed: [{ node: 'Charge', executionId: '3' }] });
	await row(good).getByText('Charge').waitFor();
	await page.getByRole('heading', { level: 1 }).getByText('finished').waitFor();
	expect(await visit.violations()).toEqual([]);
	await page.getByRole('button', { name: 'Replay what would succeed…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Replay dead letters' });
	await chosen(dialog.getByLabel('With which version'), version);
	const begin = dialog.getByRole('button', { name: 'Replay 1', disabled: false });
	await begin.waitFor();
	expect(await visit.violations()).toEqual([]);
	await begin.click();
	await page.getByRole('heading', { level: 1, name: /^Bulk replay/ }).waitFor();
	const { body } = await sidecar.api<{ data: unknown[] }>('/replays');
	expect(body.data).toMatchObject([{ version, filter: { ids: [good] } }]);
	expect(visit.trouble()).toEqual([]);
});

it('rehearses what is selected, of one workflow only', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/dead-letters?view=letters');
	const boxes = page.getByRole('checkbox', { name: /Select letter of Orders of shop 3:/ });
	await boxes.first().check();
	const other = page.getByRole('checkbox', { name: /Select letter of Orders of shop 4:/ }).first();
	await other.check();
	await page.getByText('2 letters selected').waitFor();
	expect(await page.getByRole('button', { name: 'Rehearse…' }).count()).toBe(0);
	await other.uncheck();
	await page.getByRole('button', { name: 'Rehearse…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Rehearse' });
	await dialog.getByLabel('With which version').waitFor();
	expect(await visit.violations()).toEqual([]);
	await dialog.getByRole('button', { name: 'Rehearse', exact: true }).click();
	await page.getByRole('heading', { level: 1, name: /^Rehearsal/ }).waitFor();
	expect((await report()).letters).toHaveLength(1);
	await page.getByRole('link', { name: 'Rehearsals' }).click();
	await page.getByText('1 of 2').waitFor();
	expect(await visit.violations()).toEqual([]);
	expect(visit.trouble()).toEqual([]);
});

it('shows a viewer the verdicts, and offers nothing to start', async () => {
	const reader = await room.visitAs('viewer');
	await reader.open('/dead-letters');
	await reader.page.getByRole('link', { name: 'the supplier said 503' }).first().waitFor();
	expect(await reader.page.getByRole('button', { name: /Rehearse|Replay/ }).count()).toBe(0);
	await reader.open('/dead-letters?view=rehearsals');
	await reader.page
		.getByRole('row', { name: /1 of 2/ })
		.getByRole('link')
		.click();
	await reader.page.getByText('no stock').waitFor();
	expect(await reader.page.getByRole('button', { name: /Replay/ }).count()).toBe(0);
	expect(reader.trouble()).toEqual([]);
	await reader.close();
});
