import { isOrchestrationError } from '../kernel/errors';

/** Whether nothing else can be asked or kept either, so that a round is best ended here. */
export function isAway(error: unknown): boolean {
	return isOrchestrationError(error, ...away);
}

const away = [
	'engine_unreachable',
	'engine_circuit_open',
	'engine_unauthorized',
	'engine_forbidden',
	'engine_namespace_not_found',
	'engine_rate_limited',
	'database_unavailable',
] as const;
