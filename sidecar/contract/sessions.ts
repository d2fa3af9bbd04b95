import type { Role } from './tokens';

/** GET /session: who is asking, whether with a session or a token. */
export interface WhoAmI {
	/** Name of the person or of the token. */
	user: string;
	role: Role;
	/** Null: all. */
	environments: string[] | null;
	/** Goes into the header x-csrf-token of every request that is no GET. Null: asked with a token. */
	csrfToken: string | null;
}

/** POST /session */
export interface SignIn {
	token: string;
}

/** GET /session/providers */
export interface SignInProvider {
	name: string;
	/** Where a sign-in with it starts, below the address of the sidecar. */
	start: string;
}

/** GET /sessions */
export interface ConsoleSession {
	id: string;
	user: string;
	role: Role;
	environment: string | null;
	/** Null: signed in with a token. */
	provider: string | null;
	createdAt: string;
	lastUsedAt: string;
	endsAt: string;
	/** The one that is asking. */
	current: boolean;
}
