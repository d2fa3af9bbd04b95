/** viewer reads; operator acts; admin configures; node is what a workflow needs: letters, permits, limits. */
export type Role = 'viewer' | 'operator' | 'admin' | 'node';

/** POST /tokens */
export interface TokenInput {
	name: string;
	role: Role;
	/** Only this environment. Default: all. */
	environment?: string;
	/** ISO date-time. Default: never. */
	expiresAt?: string;
}

export interface Token {
	id: string;
	name: string;
	role: Role;
	environment: string | null;
	expiresAt: string | null;
	createdAt: string;
	lastUsedAt: string | null;
}

/** The only time the token itself is shown. */
export interface CreatedToken extends Token {
	token: string;
}
