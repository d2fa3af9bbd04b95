import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import type { SessionPorts, SignInOrigin } from './session-ports';

/** Attempts of one address in a window, before it has to wait; a success starts anew. */
export const mostAttempts = 20;
export const attemptWindowMs = 15 * 60_000;

/** What the audit log says of a sign-in beside its outcome. */
export interface SignedIn<T> {
	result: T;
	actor: string;
	subject: string;
	environment: string | null;
	facts: Record<string, unknown>;
}

/**
 * One attempt to sign in: counted before it is looked at, written into the audit log however it ends.
 * @throws sign_in_limited, and what `work` throws
 */
export async function attempt<T>(
	{ store, clock, audit }: SessionPorts,
	{ address, requestId }: SignInOrigin,
	action: string,
	work: () => Promise<SignedIn<T>>,
): Promise<T> {
	const now = clock.now();
	const { attempts, windowEndsAt } = await store.countAttempt(address, now, attemptWindowMs);
	const refused = async (error: unknown, actor = 'anonymous') => {
		const code = isOrchestrationError(error) ? error.code : 'internal_error';
		const { reason, who } = isOrchestrationError(error) ? error.details : {};
		await audit.append({
			actor: typeof who === 'string' ? who : actor,
			action,
			subject: null,
			environment: null,
			outcome: isOrchestrationError(error) ? 'refused' : 'failed',
			requestId,
			details: { address, code, ...(typeof reason === 'string' ? { reason } : {}) },
		});
	};
	if (attempts > mostAttempts) {
		const limited = tooMany(windowEndsAt.getTime() - now.getTime());
		// Once for a window: who keeps trying must not fill the log.
		if (attempts === mostAttempts + 1) await refused(limited);
		throw limited;
	}
	try {
		const { result, actor, subject, environment, facts } = await work();
		await audit.append({
			actor,
			action,
			subject,
			environment,
			outcome: 'ok',
			requestId,
			details: { address, ...facts },
		});
		await store.forgetAttempts(address);
		return result;
	} catch (error) {
		await refused(error);
		throw error;
	}
}

function tooMany(retryAfterMs: number): OrchestrationError {
	return new OrchestrationError(
		'sign_in_limited',
		`Expected at most ${mostAttempts} attempts to sign in from one address in ` +
			`${attemptWindowMs / 60_000} minutes, got more. Wait and try again.`,
		{ details: { retryAfterMs } },
	);
}
