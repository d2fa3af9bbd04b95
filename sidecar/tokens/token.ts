import { createHash, randomBytes } from 'node:crypto';

/** The first three grow: each may do what the one before may. `node` stands aside: what a workflow needs. */
export type TokenRole = 'viewer' | 'operator' | 'admin' | 'node';

/** A token as we keep it: never the token itself. */
export interface AccessToken {
	id: string;
	name: string;
	role: TokenRole;
	/** Only this environment; null: all. */
	environment: string | null;
	/** SHA-256 of the token. It has 256 random bits, so a slow hash would gain nothing. */
	hash: Buffer;
	/** Null: never. */
	expiresAt: Date | null;
	createdAt: Date;
	lastUsedAt: Date | null;
}

export function hashToken(token: string): Buffer {
	return createHash('sha256').update(token).digest();
}

/** @param random source of the 32 bytes; default the system's */
export function makeToken(random: (size: number) => Buffer = randomBytes): string {
	return `orc_${random(32).toString('base64url')}`;
}

export function isExpired(token: Pick<AccessToken, 'expiresAt'>, now: Date): boolean {
	return token.expiresAt !== null && token.expiresAt.getTime() <= now.getTime();
}
