import type { FollowPosition, FollowStore } from '../../sidecar/executions/follow-position';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createFollowStore } from '../../sidecar/storage/follow-store';
import { after, environmentNamed, noon } from '../support/dead-letters/letters';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let positions: FollowStore;

beforeAll(async () => {
	database = await freshDatabase();
	positions = createFollowStore(database.pool);
	const environments = createEnvironmentStore(database.pool);
	for (const name of ['production', 'staging']) await environments.put(environmentNamed(name));
});

afterAll(async () => {
	await database.drop();
});

const position = (
	floorId: string,
	open: Record<string, boolean>,
	source = 'http://n8n',
): FollowPosition => ({
	source,
	startId: '5',
	floorId,
	open: Object.entries(open).map(([executionId, suspected]) => ({ executionId, suspected })),
});
const openOf = (loaded: FollowPosition | null) =>
	Object.fromEntries((loaded?.open ?? []).map((entry) => [entry.executionId, entry.suspected]));

it('knows nothing of an environment that was never followed', async () => {
	expect(await positions.load('staging')).toBeNull();
});

it('gives back a position as it was saved last', async () => {
	const first = position('9007199254740993', { '11': false, '12': true });
	await positions.save('production', first, noon);
	const loaded = await positions.load('production');
	expect(loaded).toMatchObject({ source: 'http://n8n', startId: '5', floorId: '9007199254740993' });
	expect(loaded?.lookedAt).toEqual(noon);
	expect(openOf(loaded)).toEqual({ '11': false, '12': true });

	await positions.save('production', position('20', { '11': true, '13': false }, 'b'), after(5));
	const later = await positions.load('production');
	expect(later).toMatchObject({ source: 'b', floorId: '20', lookedAt: after(5) });
	expect(openOf(later)).toEqual({ '11': true, '13': false });

	await positions.save('production', position('21', {}), noon);
	expect((await positions.load('production'))?.open).toEqual([]);
});

it('keeps environments apart', async () => {
	await positions.save('production', position('1', { '1': false }), noon);
	await positions.save('staging', position('2', { '2': false }), noon);
	expect(openOf(await positions.load('production'))).toEqual({ '1': false });
	expect(openOf(await positions.load('staging'))).toEqual({ '2': false });
});

it('keeps ten thousand open executions', async () => {
	const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, id) => [String(id), false]));
	await positions.save('production', position('10000', many), noon);
	expect((await positions.load('production'))?.open).toHaveLength(10_000);
});
