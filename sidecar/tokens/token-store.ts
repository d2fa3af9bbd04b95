import type { AccessToken } from './token';

export interface TokenPage {
	limit: number;
	/** Id of the last token of the page before. */
	after: string | null;
}

/** Port of the tokens. Storage implements it. */
export interface TokenStore {
	/** @throws environment_not_found when it is scoped to one we do not know */
	add(token: AccessToken): Promise<AccessToken>;
	findByHash(hash: Buffer): Promise<AccessToken | null>;
	/** Oldest first. */
	list(page: TokenPage): Promise<AccessToken[]>;
	/** Refuses to take away the last admin token that reaches everything and has not expired. */
	remove(id: string, now: Date): Promise<'removed' | 'missing' | 'last-admin'>;
	/** The one token that comes from the configuration or the first start: made, or replaced when it differs. */
	putBootstrap(token: AccessToken): Promise<void>;
	/** Adds the first token where no admin token works; null when one does. Safe when many ask at once. */
	addFirst(token: AccessToken, now: Date): Promise<AccessToken | null>;
	markUsed(id: string, at: Date): Promise<void>;
}
