import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { TokenRole } from '../tokens/token';

/** What a person may be at the console; `node` is for workflows. */
export type SessionRole = Exclude<TokenRole, 'node'>;

/** Somebody who signed in at the console. Never holds the cookie itself. */
export interface Session {
	id: string;
	/** SHA-256 of the cookie, which has 256 random bits. */
	hash: Buffer;
	/** Opened with this token, whose name, role and environment it has; null: with a provider. */
	tokenId: string | null;
	/** Name of the identity provider, and whom it named; null: opened with a token. */
	provider: string | null;
	subject: string | null;
	/** Who it is, for the audit log. */
	name: string;
	role: SessionRole;
	/** Only this environment; null: all. */
	environment: string | null;
	createdAt: Date;
	lastUsedAt: Date;
	/** However busy it is. */
	endsAt: Date;
}

export interface SessionTimes {
	/** A session nobody used for so long is over. */
	idleMs: number;
	/** No session lasts longer. */
	longestMs: number;
}

export function makeCookie(random: (size: number) => Buffer = randomBytes): string {
	return `ocs_${random(32).toString('base64url')}`;
}

export function hashCookie(cookie: string): Buffer {
	return createHash('sha256').update(cookie).digest();
}

/** What a page sends along to show that it is ours: only who holds the cookie can work it out. */
export function csrfTokenOf(cookie: string): string {
	return createHmac('sha256', cookie).update('csrf').digest('base64url');
}

export function isOver(
	session: Pick<Session, 'lastUsedAt' | 'endsAt'>,
	{ idleMs }: Pick<SessionTimes, 'idleMs'>,
	now: Date,
): boolean {
	const idleUntil = session.lastUsedAt.getTime() + idleMs;
	return Math.min(idleUntil, session.endsAt.getTime()) <= now.getTime();
}
