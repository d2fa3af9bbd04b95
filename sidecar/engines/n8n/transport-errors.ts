import { OrchestrationError } from '../../kernel/errors';
import type { AttemptFailure } from './attempt-failure';
import type { TransportRequest } from './transport-request';

type Asked = Pick<TransportRequest, 'method' | 'path'>;

/** An answer that is not what n8n gives. */
export function badResponse(
	environment: string,
	{ method, path }: Asked,
	status: number,
	got: string,
): OrchestrationError {
	return new OrchestrationError(
		'engine_bad_response',
		`expected JSON from n8n of environment "${environment}" for ${method} ${path}, got ${got}`,
		{ details: { environment, method, path, status } },
	);
}

export function circuitOpen(
	environment: string,
	{ method, path }: Asked,
	retryAt: Date | null,
): OrchestrationError {
	const until = retryAt?.toISOString() ?? null;
	return new OrchestrationError(
		'engine_circuit_open',
		`n8n of environment "${environment}" failed several times in a row, so it is left alone ` +
			`until ${until ?? 'the next trial'}; try again then`,
		{ details: { environment, method, path, retryAt: until } },
	);
}

/** No answer came. `details.sent` is false only when nothing can have arrived. */
export function lost(
	environment: string,
	{ method, path }: Asked,
	failure: AttemptFailure,
	facts: { baseUrl: string; timeoutMs: number },
): OrchestrationError {
	const details = { environment, method, path, sent: failure.sent };
	if (failure.kind === 'timeout') {
		const next = failure.sent
			? 'it may still act on it, so read back before trying again'
			: 'nothing was sent, so try again';
		return new OrchestrationError(
			'engine_timeout',
			`n8n of environment "${environment}" did not answer ${method} ${path} within ` +
				`${facts.timeoutMs} ms; ${next}`,
			{ details: { ...details, timeoutMs: facts.timeoutMs }, cause: failure },
		);
	}
	return new OrchestrationError(
		'engine_unreachable',
		`n8n of environment "${environment}" cannot be reached at ${facts.baseUrl} ` +
			`(${failure.reason}); is it running, and is the address right as seen from the sidecar?`,
		{ details: { ...details, reason: failure.reason }, cause: failure },
	);
}
