import type { Session } from './session';

/** A session as it is now: of one opened with a token, the token's own name, role and environment. */
export interface FoundSession extends Session {
	/** Null: never, or not opened with a token. */
	tokenExpiresAt: Date | null;
}

export interface SessionPage {
	limit: number;
	/** Id of the last session of the page before. */
	after: string | null;
}

/** Port of the sessions. Storage implements it. */
export interface SessionStore {
	/** @throws environment_not_found when it is for one we do not know */
	add(session: Session): Promise<void>;
	/** Null too when the token it was opened with is gone. */
	findByHash(hash: Buffer): Promise<FoundSession | null>;
	markUsed(id: string, at: Date): Promise<void>;
	/** Those that are not over, newest first. */
	list(page: SessionPage, live: { usedAfter: Date; now: Date }): Promise<Session[]>;
	/** False: there was none. */
	remove(id: string): Promise<boolean>;
	/** Takes away what is over, and attempts that count no more. */
	purge(live: { usedAfter: Date; now: Date }): Promise<void>;
	/**
	 * Counts one more attempt to sign in.
	 * @returns how many there were in this window, and when the window ends
	 */
	countAttempt(
		source: string,
		now: Date,
		windowMs: number,
	): Promise<{ attempts: number; windowEndsAt: Date }>;
	forgetAttempts(source: string): Promise<void>;
}
