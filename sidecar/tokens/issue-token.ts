import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import { type AccessToken, hashToken, isExpired, makeToken } from './token';
import type { TokenStore } from './token-store';

export interface TokenDependencies {
	store: TokenStore;
	clock: Clock;
	newId: NewId;
	/** Source of the 32 bytes of a token; default the system's. */
	random?: (size: number) => Buffer;
}

export interface IssuedToken {
	/** Shown once, kept nowhere. */
	token: string;
	record: AccessToken;
}

/** @throws invalid_request when it would be expired at once, environment_not_found */
export async function issueToken(
	{ store, clock, newId, random }: TokenDependencies,
	wanted: Pick<AccessToken, 'name' | 'role' | 'environment' | 'expiresAt'>,
): Promise<IssuedToken> {
	const now = clock.now();
	if (isExpired(wanted, now)) throw alreadyExpired(wanted.expiresAt);
	const token = makeToken(random);
	const record = await store.add({
		...wanted,
		id: newId(),
		hash: hashToken(token),
		createdAt: now,
		lastUsedAt: null,
	});
	return { token, record };
}

/** @throws token_not_found, token_last_admin */
export async function removeToken(
	{ store, clock }: Pick<TokenDependencies, 'store' | 'clock'>,
	id: string,
): Promise<void> {
	const outcome = await store.remove(id, clock.now());
	if (outcome === 'missing') {
		throw new OrchestrationError(
			'token_not_found',
			`There is no token with the id ${id}. GET /api/v1/tokens lists the ids.`,
		);
	}
	if (outcome === 'last-admin') {
		throw new OrchestrationError(
			'token_last_admin',
			'This is the last admin token that works; without it nobody could make another. ' +
				'Make a new admin token first (POST /api/v1/tokens), then delete this one with it.',
		);
	}
}

function alreadyExpired(expiresAt: Date | null): OrchestrationError {
	const message = `expected a time to come, got ${expiresAt?.toISOString() ?? 'none'}`;
	return new OrchestrationError('invalid_request', `expiresAt: ${message}.`, {
		details: { errors: [{ path: 'expiresAt', message }] },
	});
}
