import type { Engine, EngineCheck } from '../engines/port/engine';
import { type ErrorCode, isOrchestrationError } from '../kernel/errors';

/** @throws environment_not_found, capability_missing, secret_unreadable */
export type EngineOf = (environment: string) => Promise<Engine>;

/** The instance itself answered, though not as it should. */
const answered: readonly ErrorCode[] = [
	'engine_unauthorized',
	'engine_forbidden',
	'engine_namespace_not_found',
	'engine_rejected',
	'engine_conflict',
	'engine_rate_limited',
];

const askingFailed: readonly ErrorCode[] = [
	...answered,
	'engine_unreachable',
	'engine_timeout',
	'engine_circuit_open',
	'engine_bad_response',
];

/**
 * Says what an instance can do. An instance that cannot be asked is an answer, not an error.
 * @throws environment_not_found, capability_missing, secret_unreadable
 */
export async function checkEnvironment(
	engineOf: EngineOf,
	environment: string,
): Promise<EngineCheck> {
	const engine = await engineOf(environment);
	try {
		return await engine.check();
	} catch (error) {
		if (!isOrchestrationError(error, ...askingFailed)) throw error;
		return {
			reachable: answered.includes(error.code),
			ok: false,
			version: null,
			findings: [{ name: error.code, ok: false, message: error.message }],
		};
	}
}
