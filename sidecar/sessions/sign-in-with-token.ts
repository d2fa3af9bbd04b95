import { OrchestrationError } from '../kernel/errors';
import type { AccessToken } from '../tokens/token';
import { openSession } from './open-session';
import type { SessionRole } from './session';
import type { OpenedSession, SessionPorts, SignInOrigin } from './session-ports';
import { attempt } from './sign-in-attempts';

/** @throws unauthenticated, token_expired, forbidden, sign_in_limited */
export async function signInWithToken(
	ports: SessionPorts,
	token: string,
	origin: SignInOrigin,
): Promise<OpenedSession> {
	return await attempt(ports, origin, 'POST /session', async () => {
		const { id: tokenId, name, role, environment } = personal(await ports.tokenOf(token));
		const person = { tokenId, provider: null, subject: null, name, role, environment };
		const session = await openSession(ports, person, origin.cookie);
		return {
			result: session,
			actor: name,
			subject: session.id,
			environment,
			facts: { tokenId, sessionId: session.id },
		};
	});
}

function personal(token: AccessToken): AccessToken & { role: SessionRole } {
	const { role } = token;
	if (role !== 'node') return { ...token, role };
	throw new OrchestrationError(
		'forbidden',
		`Expected a token with the role viewer, operator or admin, "${token.name}" is node, which is ` +
			'for workflows. Sign in with another token.',
		{ details: { expected: ['viewer', 'operator', 'admin'], got: 'node', who: token.name } },
	);
}
