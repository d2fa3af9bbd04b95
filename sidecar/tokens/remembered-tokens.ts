import type { Clock } from '../kernel/clock';
import type { AccessToken } from './token';
import type { TokenStore } from './token-store';

/** A token taken away through another replica works here for this much longer. */
const rememberedForMs = 1_000;
/** More are forgotten and looked up again. */
const mostRemembered = 1_000;

/**
 * Spares a query for every request of a busy caller: a token that was found is remembered for a
 * second by its hash. What is taken away through this process stops working at once.
 */
export function rememberedTokens(store: TokenStore, clock: Clock): TokenStore {
	const remembered = new Map<string, { token: AccessToken; until: number }>();
	const forgetting =
		<Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
		async (...args: Args): Promise<Result> => {
			try {
				return await work(...args);
			} finally {
				remembered.clear();
			}
		};
	return {
		...store,
		findByHash: async (hash) => {
			const key = hash.toString('base64');
			const now = clock.now().getTime();
			const known = remembered.get(key);
			// A clock that was set back must not keep it.
			if (known && now < known.until && now >= known.until - rememberedForMs) return known.token;
			const token = await store.findByHash(hash);
			if (remembered.size >= mostRemembered) remembered.clear();
			if (token) remembered.set(key, { token, until: now + rememberedForMs });
			else remembered.delete(key);
			return token;
		},
		markUsed: async (id, at) => {
			for (const known of remembered.values()) {
				if (known.token.id === id) known.token = { ...known.token, lastUsedAt: at };
			}
			await store.markUsed(id, at);
		},
		remove: forgetting(store.remove),
		putBootstrap: forgetting(store.putBootstrap),
	};
}
