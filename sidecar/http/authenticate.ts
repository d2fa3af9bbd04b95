import { OrchestrationError } from '../kernel/errors';
import type { AccessToken, TokenRole } from '../tokens/token';

/** Who asks. */
export interface Actor {
	/** Null on public routes. */
	tokenId: string | null;
	/** The token's name; `anonymous` on public routes. */
	name: string;
	role: TokenRole | 'public';
	/** The only environment it may touch; null: all. */
	environment: string | null;
}

/** `viewer`, `operator` and `admin` let in whoever has at least that; `node` lets in node tokens. */
export type RouteRole = TokenRole | 'public';

export const anonymous: Actor = {
	tokenId: null,
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
		name: token.name,
		role: token.role,
		environment: token.environment,
	};
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
		`This needs a token with the role ${roles.join(' or ')}, "${actor.name}" is ${actor.role}. ` +
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
