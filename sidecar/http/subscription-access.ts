import type { Environment } from '../environments/environment';
import { OrchestrationError } from '../kernel/errors';
import { environmentAt, type TargetRequest } from '../webhooks/put-subscription';
import type { Subscription } from '../webhooks/subscription';
import { systemEndpoint } from '../webhooks/system-event';
import { type Actor, requireEnvironment } from './authenticate';

/**
 * A workflow may ask to be told what happens here, at its own webhook, and nothing else. A token for
 * one environment reaches only what concerns it.
 * @throws forbidden
 */
export function requireOwnTarget(
	actor: Actor,
	endpoint: string,
	target: TargetRequest,
	environments: readonly Environment[],
): void {
	if (actor.role !== 'node' && actor.environment === null) return;
	requireSystemEndpoint(actor, endpoint);
	const at = 'url' in target ? environmentAt(target.url, environments)?.name : target.environment;
	if (actor.environment !== null) requireEnvironment(actor, at ?? null);
	if (at !== undefined && (actor.role !== 'node' || 'url' in target)) return;
	throw new OrchestrationError(
		'forbidden',
		`The token "${actor.name}" can subscribe only webhooks of registered environments. Use an operator's token for other targets.`,
	);
}

/** @throws forbidden */
export function requireOwnSubscription(
	actor: Actor,
	{ endpoint, environment }: Pick<Subscription, 'endpoint' | 'environment'>,
): void {
	if (actor.role !== 'node' && actor.environment === null) return;
	requireSystemEndpoint(actor, endpoint);
	if (actor.environment !== null) requireEnvironment(actor, environment);
}

function requireSystemEndpoint(actor: Actor, endpoint: string): void {
	if (endpoint === systemEndpoint) return;
	throw new OrchestrationError(
		'forbidden',
		`The token "${actor.name}" can use only subscriptions of the endpoint ${systemEndpoint}. Use a token without an environment that is at least an operator's.`,
	);
}
