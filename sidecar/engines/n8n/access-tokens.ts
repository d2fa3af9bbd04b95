import type { Clock } from '../../kernel/clock';
import type { AddressGuard } from '../../kernel/http-request';
import type { EngineConnection } from '../port/connection';
import { OAuth2Token } from './oauth2-token';

type Client = NonNullable<EngineConnection['oauth2']>;

/** More owners are forgotten, and their tokens fetched anew. */
const mostKnown = 1_000;

/** Access tokens of OAuth2 clients by whose they are; a client that changed gets a token of its own. */
export function accessTokens(
	clock: Clock,
	addresses: AddressGuard | null,
): (owner: string, client: Client) => Promise<string> {
	const known = new Map<string, { client: string; token: OAuth2Token }>();
	return async (owner, client) => {
		const fingerprint = JSON.stringify(client);
		const found = known.get(owner);
		if (found?.client === fingerprint) return await found.token.get();
		if (known.size >= mostKnown) known.clear();
		const token = new OAuth2Token(owner, client, clock, addresses);
		known.set(owner, { client: fingerprint, token });
		return await token.get();
	};
}
