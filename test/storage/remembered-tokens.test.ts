import type { AccessToken } from '../../sidecar/tokens/token';
import { hashToken } from '../../sidecar/tokens/token';
import { rememberedTokens } from '../../sidecar/tokens/remembered-tokens';
import { createTokenStore } from '../../sidecar/storage/token-store';
import { movingClock } from '../support/moving-clock';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});

let nextName = 0;

/** A token that both this process and another know of. */
async function opened() {
	const clock = movingClock();
	const plain = createTokenStore(database.pool);
	let asked = 0;
	const here = rememberedTokens(
		{
			...plain,
			findByHash: async (hash) => {
				asked += 1;
				return await plain.findByHash(hash);
			},
		},
		clock,
	);
	const name = `token-${(nextName += 1)}`;
	const token: AccessToken = {
		id: name,
		name,
		role: 'node',
		environment: null,
		hash: hashToken(name),
		expiresAt: null,
		createdAt: clock.now(),
		lastUsedAt: null,
	};
	await plain.add(token);
	return { clock, here, elsewhere: plain, token, asked: () => asked };
}

it('asks the database once a second for a token in use', async () => {
	const { clock, here, token, asked } = await opened();
	for (let request = 0; request < 10; request += 1) await here.findByHash(token.hash);
	expect(asked()).toBe(1);
	clock.pass(1_000);
	expect(await here.findByHash(token.hash)).toMatchObject({ id: token.id });
	expect(asked()).toBe(2);
});

it('forgets a token at once that was taken away here', async () => {
	const { clock, here, token } = await opened();
	await here.findByHash(token.hash);
	expect(await here.remove(token.id, clock.now())).toBe('removed');
	expect(await here.findByHash(token.hash)).toBeNull();
});

it('forgets a token within a second that was taken away elsewhere', async () => {
	const { clock, here, elsewhere, token } = await opened();
	await here.findByHash(token.hash);
	await elsewhere.remove(token.id, clock.now());
	clock.pass(1_000);
	expect(await here.findByHash(token.hash)).toBeNull();
});

it('knows a new token at once, also one that was asked for in vain', async () => {
	const { here, elsewhere, token } = await opened();
	const late = { ...token, id: `${token.id} late`, hash: hashToken(`${token.id} late`) };
	expect(await here.findByHash(late.hash)).toBeNull();
	await elsewhere.add(late);
	expect(await here.findByHash(late.hash)).toMatchObject({ id: late.id });
});

it('remembers when a token was used', async () => {
	const { clock, here, token } = await opened();
	await here.findByHash(token.hash);
	await here.markUsed(token.id, clock.now());
	expect((await here.findByHash(token.hash))?.lastUsedAt).toEqual(clock.now());
});
