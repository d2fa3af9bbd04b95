import { purgeSessions } from '../jobs/housekeeping';
import { sessionProviderRoutes } from '../http/session-provider-routes';
import { sessionRoutes } from '../http/session-routes';
import { authenticateSession } from '../sessions/authenticate-session';
import { createRelyingParty } from '../sessions/oidc/relying-party';
import type { IdentityProvider } from '../sessions/oidc/sign-in-with-provider';
import type { Session } from '../sessions/session';
import { authenticateToken } from '../tokens/authenticate-token';
import type { Foundation } from './foundation';
import type { Part } from './part';

export interface SessionsPart extends Part {
	authenticateSession(cookie: string): Promise<Session & { csrfToken: string }>;
}

/** Who is signed in at the console, and how one signs in. */
export function composeSessions(foundation: Foundation): SessionsPart {
	const { stores, clock, newId, config, sealing } = foundation;
	const providers = providersOf(foundation);
	const ports = {
		store: stores.sessions,
		clock,
		newId,
		times: config.sessionTimes,
		audit: stores.auditTrail,
		tokenOf: async (token: string) =>
			await authenticateToken({ store: stores.tokens, clock }, token),
		knowsProvider: (name: string) => providers.has(name),
	};
	return {
		routes: [
			...sessionRoutes({ ...ports, site: config.site }),
			...sessionProviderRoutes({ ...ports, providers, sealing }),
		],
		jobs: [purgeSessions(stores.sessions, clock, config.sessionTimes)],
		services: [],
		authenticateSession: async (cookie) => await authenticateSession(ports, cookie),
	};
}

function providersOf({ config, clock, allowedAddress }: Foundation): Map<string, IdentityProvider> {
	const callbackOf = (name: string) => `${config.site.origin}/session/oidc/${name}/callback`;
	return new Map(
		config.identityProviders.map((settings) => {
			const redirectUri = callbackOf(settings.name);
			const party = createRelyingParty(settings, { allowedAddress, clock, redirectUri });
			return [settings.name, { settings, party }];
		}),
	);
}
