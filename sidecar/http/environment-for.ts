import { OrchestrationError } from '../kernel/errors';
import type { Actor } from './authenticate';

/** The environment a request names, or else the token's own. @throws invalid_request when there is neither */
export function environmentFor(named: string | undefined, actor: Actor): string {
	const name = named ?? actor.environment;
	if (name !== null) return name;
	throw new OrchestrationError(
		'invalid_request',
		`Expected "environment", since the token "${actor.name}" is for no single environment. Name it, or use a token made for one.`,
	);
}
