import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import { type AccessToken, hashToken, isExpired } from './token';
import type { TokenStore } from './token-store';

/** `lastUsedAt` is written at most this often. */
const usedEveryMs = 60_000;

/** Tells whose token it is and notes that it was used. @throws unauthenticated, token_expired */
export async function authenticateToken(
	{ store, clock }: { store: TokenStore; clock: Clock },
	presented: string,
): Promise<AccessToken> {
	const hash = hashToken(presented);
	const token = await store.findByHash(hash);
	if (!token || !timingSafeEqual(token.hash, hash)) {
		throw new OrchestrationError(
			'unauthenticated',
			'The token is not one of ours: it was mistyped, deleted or belongs to another sidecar. ' +
				'An admin makes one with POST /api/v1/tokens.',
		);
	}
	const now = clock.now();
	if (isExpired(token, now)) {
		throw new OrchestrationError(
			'token_expired',
			`The token "${token.name}" expired at ${token.expiresAt?.toISOString()}. ` +
				'Make a new one (POST /api/v1/tokens) and use that.',
		);
	}
	const usedAt = token.lastUsedAt?.getTime() ?? 0;
	if (now.getTime() - usedAt >= usedEveryMs) await store.markUsed(token.id, now);
	return token;
}
