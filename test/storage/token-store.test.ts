import { newId } from '../../sidecar/kernel/ids';
import { createTokenStore } from '../../sidecar/storage/token-store';
import { authenticateToken } from '../../sidecar/tokens/authenticate-token';
import { ensureAdminToken } from '../../sidecar/tokens/bootstrap-token';
import { issueToken } from '../../sidecar/tokens/issue-token';
import { movingClock } from '../support/moving-clock';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
const clock = movingClock();

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	await database.pool.query('delete from tokens');
});

const tokens = () => ({ store: createTokenStore(database.pool), clock, newId });
const all = async () => await tokens().store.list({ limit: 100, after: null });
const works = async (token: string) =>
	await authenticateToken(tokens(), token).then(
		({ role }) => role,
		(error: { code: string }) => error.code,
	);

describe('the first admin token', () => {
	it('is made where there is none, and only once', async () => {
		const made = await ensureAdminToken(tokens(), null);
		expect(await works(String(made))).toBe('admin');
		expect(await ensureAdminToken(tokens(), null)).toBeNull();
		expect(await all()).toHaveLength(1);
	});

	it('is one, however many sidecars start at once', async () => {
		const made = await Promise.all(
			Array.from({ length: 20 }, async () => await ensureAdminToken(tokens(), null)),
		);
		const printed = made.filter((token) => token !== null);
		expect(printed).toHaveLength(1);
		expect(await works(String(printed[0]))).toBe('admin');
		expect(await all()).toHaveLength(1);
	});

	it('comes from the configuration when that has one', async () => {
		expect(await ensureAdminToken(tokens(), 'configured-token-1')).toBeNull();
		expect(await works('configured-token-1')).toBe('admin');
		expect((await all()).map(({ name }) => name)).toEqual(['bootstrap']);
	});

	it('is replaced when the configuration changes, and stays the same when it does not', async () => {
		await ensureAdminToken(tokens(), 'configured-token-1');
		const [before] = await all();
		await ensureAdminToken(tokens(), 'configured-token-1');
		expect(await all()).toEqual([before]);

		await ensureAdminToken(tokens(), 'configured-token-2');
		expect(await works('configured-token-1')).toBe('unauthenticated');
		expect(await works('configured-token-2')).toBe('admin');
		expect(await all()).toHaveLength(1);
	});

	it('takes the place of the one that was made before, however many start at once', async () => {
		const made = await ensureAdminToken(tokens(), null);
		await Promise.all(
			Array.from({ length: 20 }, async () => {
				await ensureAdminToken(tokens(), 'configured-token-1');
			}),
		);
		expect(await works('configured-token-1')).toBe('admin');
		expect(await works(String(made))).toBe('unauthenticated');
		expect(await all()).toHaveLength(1);
	});

	it('may be an admin token somebody made, and nothing less', async () => {
		const wanted = { name: 'mine', environment: null, expiresAt: null };
		const admin = await issueToken(tokens(), { ...wanted, role: 'admin' });
		await ensureAdminToken(tokens(), admin.token);
		expect(await all()).toHaveLength(1);

		const viewer = await issueToken(tokens(), { ...wanted, role: 'viewer' });
		await expect(ensureAdminToken(tokens(), viewer.token)).rejects.toMatchObject({
			code: 'configuration_invalid',
		});
	});

	it('is made again when every admin token has expired', async () => {
		const expiresAt = new Date(clock.now().getTime() + 1000);
		await issueToken(tokens(), { name: 'a', role: 'admin', environment: null, expiresAt });
		expect(await ensureAdminToken(tokens(), null)).toBeNull();
		clock.pass(1000);
		expect(await ensureAdminToken(tokens(), null)).toMatch(/^orc_/);
	});
});

it('leaves one admin token when all are deleted at once', async () => {
	const { store } = tokens();
	const wanted = { name: 'a', role: 'admin', environment: null, expiresAt: null } as const;
	const ids: string[] = [];
	for (let made = 0; made < 8; made++) ids.push((await issueToken(tokens(), wanted)).record.id);
	const outcomes = await Promise.all(ids.map(async (id) => await store.remove(id, clock.now())));
	expect(outcomes.filter((outcome) => outcome === 'last-admin')).toHaveLength(1);
	expect(await all()).toHaveLength(1);
});

it('lists page by page in the order they were made', async () => {
	const { store } = tokens();
	const wanted = { role: 'viewer', environment: null, expiresAt: null } as const;
	for (const name of ['a', 'b', 'c']) await issueToken(tokens(), { ...wanted, name });
	const first = await store.list({ limit: 2, after: null });
	const second = await store.list({ limit: 2, after: first[1]?.id ?? null });
	expect([...first, ...second].map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});
