import { isOrchestrationError } from '../kernel/errors';

/** Nothing was started. away: the engine takes nothing now, whatever it is. */
export interface NotStarted {
	is: 'not-started';
	message: string;
	httpStatus: number | null;
	why: 'away' | 'refused' | 'lasting';
}

const away = [
	'engine_unreachable',
	'engine_timeout',
	'engine_circuit_open',
	'engine_rate_limited',
	'engine_unauthorized',
	'engine_forbidden',
	'engine_namespace_not_found',
	'address_not_allowed',
	'secret_unreadable',
] as const;

/** An error that came before anything was started. */
export function notStarted(error: unknown): NotStarted {
	if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
	const message = `${error.code}: ${error.message}`;
	if (isOrchestrationError(error, ...away)) {
		return { is: 'not-started', message, httpStatus: null, why: 'away' };
	}
	const why = isOrchestrationError(error, 'engine_conflict', 'engine_bad_response')
		? 'refused'
		: 'lasting';
	return { is: 'not-started', message, httpStatus: null, why };
}
