import { OrchestrationError } from '../kernel/errors';
import type { TokenDependencies } from './issue-token';
import { type AccessToken, hashToken, isExpired, makeToken } from './token';

/**
 * Sees to it that somebody can get in. With a configured token: that one is an admin token, in place
 * of the one configured before or made at first start. Without: one is made where no admin token works.
 * @returns a token that was made now, to be printed once; null when there was nothing to make
 * @throws configuration_invalid when the configured token is already known with fewer rights
 */
export async function ensureAdminToken(
	dependencies: TokenDependencies,
	configured: string | null,
): Promise<string | null> {
	if (configured !== null) {
		await putConfigured(dependencies, configured);
		return null;
	}
	const token = makeToken(dependencies.random);
	const added = await dependencies.store.addFirst(
		bootstrapToken(dependencies, token),
		dependencies.clock.now(),
	);
	return added === null ? null : token;
}

async function putConfigured(dependencies: TokenDependencies, configured: string): Promise<void> {
	const { store, clock } = dependencies;
	const known = await store.findByHash(hashToken(configured));
	if (known === null) {
		await store.putBootstrap(bootstrapToken(dependencies, configured));
	} else if (
		known.role !== 'admin' ||
		known.environment !== null ||
		isExpired(known, clock.now())
	) {
		throw new OrchestrationError(
			'configuration_invalid',
			`ORCHESTRATION_ADMIN_TOKEN holds the token "${known.name}", which is not an admin token for ` +
				'all environments or has expired. Set another value.',
		);
	}
}

function bootstrapToken({ clock, newId }: TokenDependencies, token: string): AccessToken {
	return {
		id: newId(),
		name: 'bootstrap',
		role: 'admin',
		environment: null,
		hash: hashToken(token),
		expiresAt: null,
		createdAt: clock.now(),
		lastUsedAt: null,
	};
}
