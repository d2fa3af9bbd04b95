import { OrchestrationError } from '../kernel/errors';
import type { Session } from '../sessions/session';
import type { AccessToken, TokenRole } from '../tokens/token';

/** Who asks. */
export interface Actor {
	/** Null on public routes, and for somebody an identity provider vouched for. */
	tokenId: string | null;
	/** Null unless a cookie of the console came along, and no token. */
	session: { id: string; csrfToken: string } | null;
	/** Of the token or the person; `anonymous` on public routes. */
	name: string;
	role: TokenRole | 'public';
	/** The only environment it may touch; null: all. */
	environment: string | null;
}

/** `viewer`, `operator` and `admin` let in whoever has at least that; `node` lets in node tokens. */
export type RouteRole = TokenRole | 'public';

export const anonymous: Actor = {
	tokenId: null,
	session: null,
	name: 'anonymous',
	role: 'public',
	environment: null,
};

const ranks: Record<TokenRole | 'public', number> = {
	public: -1,
	node: -1,
	viewer: 1,
	operator: 2,
	admin: 3,
};

export function actorOf(token: AccessToken): Actor {
	return {
		tokenId: token.id,
		session: null,
		name: token.name,
		role: token.role,
		environment: token.environment,
	};
}

export function actorOfSession(session: Session & { csrfToken: string }): Actor {
	const { id, csrfToken, tokenId, name, role, environment } = session;
	return { tokenId, session: { id, csrfToken }, name, role, environment };
}

/** Whose Idempotency-Keys these are; null: nobody's. */
export function keyOwnerOf({ session, tokenId }: Actor): string | null {
	return session === null ? tokenId : `session/${session.id}`;
}

/** @throws unauthenticated when there is no bearer token to look at */
export function bearerToken(authorization: string | undefined): string {
	const token = /^bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1];
	if (token !== undefined) return token;
	throw new OrchestrationError(
		'unauthenticated',
		`Expected the header "Authorization: Bearer <token>", got ${
			authorization === undefined ? 'none' : 'one of another form'
		}. The first admin token is ORCHESTRATION_ADMIN_TOKEN or was printed at first start.`,
	);
}

/** @throws forbidden when none of the roles lets the actor in */
export function requireRole(actor: Actor, roles: readonly RouteRole[]): void {
	const isIn = roles.some((role) =>
		role === 'node' || role === 'public'
			? role === 'public' || actor.role === 'node'
			: ranks[actor.role] >= ranks[role],
	);
	if (isIn) return;
	throw new OrchestrationError(
		'forbidden',
		`This needs the role ${roles.join(' or ')}, "${actor.name}" is ${actor.role}. ` +
			'Use another token, or ask an admin for one.',
		{ details: { expected: roles, got: actor.role } },
	);
}

/**
 * For handlers that learn only on the way which environment something belongs to.
 * @throws forbidden when the actor's token is for another environment
 */
export function requireEnvironment(actor: Actor, environment: string | null): void {
	if (actor.environment === null || actor.environment === environment) return;
	throw new OrchestrationError(
		'forbidden',
		`The token "${actor.name}" is only for the environment ${actor.environment}, this concerns ${
			environment === null ? 'more than that' : environment
		}. Use a token for it, or one without an environment.`,
		{ details: { expected: actor.environment, got: environment } },
	);
}
