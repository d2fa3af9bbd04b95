import { OrchestrationError } from '../kernel/errors';
import { isExpired } from '../tokens/token';
import { type Session, type SessionTimes, csrfTokenOf, hashCookie, isOver } from './session';
import type { SessionPorts } from './session-ports';

/** `lastUsedAt` is written at most this often. */
const usedEveryMs = 60_000;

/** Tells whose session it is and notes that it was used. @throws session_ended */
export async function authenticateSession(
	{
		store,
		clock,
		times,
		knowsProvider,
	}: Pick<SessionPorts, 'store' | 'clock' | 'times' | 'knowsProvider'>,
	cookie: string,
): Promise<Session & { csrfToken: string }> {
	const session = await store.findByHash(hashCookie(cookie));
	const now = clock.now();
	if (
		!session ||
		isOver(session, times, now) ||
		isExpired({ expiresAt: session.tokenExpiresAt }, now) ||
		(session.provider !== null && !knowsProvider(session.provider))
	) {
		throw new OrchestrationError(
			'session_ended',
			'This session has ended: it was signed out, was idle too long, or the token it was opened ' +
				'with is gone. Sign in again.',
		);
	}
	if (now.getTime() - session.lastUsedAt.getTime() >= usedEveryMs) {
		await store.markUsed(session.id, now);
	}
	return { ...session, csrfToken: csrfTokenOf(cookie) };
}

/** Sessions used after this are not idle. */
export function liveAt(now: Date, { idleMs }: SessionTimes): { usedAfter: Date; now: Date } {
	return { usedAfter: new Date(now.getTime() - idleMs), now };
}
