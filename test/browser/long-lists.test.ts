import { type ConsoleRoom, openConsoleRoom } from '../support/browser/console-room';
import { settled } from '../support/browser/console-visit';
import { seedDrift } from '../support/console/seed-drift';
import { seedRows } from '../support/console/seed-rows';

jest.setTimeout(120_000);

let room: ConsoleRoom;

beforeAll(async () => {
	room = await openConsoleRoom(async ({ pool }) => {
		await seedRows(pool, 1100);
		await seedDrift(pool);
	});
});
afterAll(async () => await room?.close());

it('shows the drift of a workflow however many have drifted before it', async () => {
	const { visit } = room;
	const { page } = visit;
	await visit.open('/workflows/orders-001100');
	await page.getByRole('heading', { level: 1, name: 'Orders of shop 1100' }).waitFor();
	await page.getByText('~ node "Book"').waitFor();
	await page.getByRole('button', { name: 'Adopt' }).waitFor();
	await page.getByRole('button', { name: 'Revert' }).waitFor();
});

it('says in the palette what it leaves out, and leads to the search of all', async () => {
	const { visit } = room;
	const { page } = visit;
	await page.keyboard.press('/');
	await page.getByText('only the first 1,000 are searched here').waitFor();
	await page.keyboard.type('shop 1');
	await page.getByText(/more: type more of the name/).waitFor();
	await page.getByRole('link', { name: 'Search them all' }).click();
	await page.getByRole('heading', { level: 1, name: 'Workflows' }).waitFor();
	await settled(page);
	expect(await page.getByRole('searchbox').first().inputValue()).toBe('shop 1');
});

it('leads from a failed run that n8n made by itself to its letter', async () => {
	const { visit } = room;
	const { page } = visit;
	const { rows } = await room.database.pool.query<{ id: string }>(
		`select id from executions where origin = 'observed' and status = 'failed' limit 1`,
	);
	const id = rows[0]?.id ?? '';
	await room.database.pool.query(
		`with bare as (update executions set letter_id = null where id = $1 returning *)
		insert into letter_executions (environment, workflow_id, execution_id, letter_id)
		select bare.environment, bare.workflow_id, bare.engine_execution_id, letter.id
		from bare join dead_letters as letter on letter.execution_id = bare.engine_execution_id`,
		[id],
	);
	await visit.open(`/executions/${id}`);
	await page.getByRole('link', { name: 'Kept as a dead letter' }).click();
	await page.waitForURL(/\/dead-letters\/[0-9a-f-]{36}$/);
	expect(visit.trouble()).toEqual([]);
});
