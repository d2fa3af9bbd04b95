import type { IN8nHttpFullResponse } from 'n8n-workflow';

import { DelegateBackoff, handleWhen, retry } from './cockatiel';
import { problemOf } from './sidecar-error';

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;
/** In words, since n8n replaces a message that holds such a code by a general one. */
const networkFailures: Record<string, string> = {
	EAI_AGAIN: 'host name not resolved',
	ECONNABORTED: 'no answer in time',
	ECONNREFUSED: 'connection refused',
	ECONNRESET: 'connection lost',
	EHOSTUNREACH: 'no route to the host',
	ENETUNREACH: 'no route to the network',
	ENOTFOUND: 'no such host',
	EPIPE: 'connection lost',
	ETIMEDOUT: 'no answer in time',
};

/** What the network did, or undefined when an HTTP answer came. */
export function networkFailure(error: unknown): string | undefined {
	const { httpCode, code, cause } = (error ?? {}) as {
		httpCode?: unknown;
		code?: unknown;
		cause?: { code?: unknown };
	};
	return [httpCode, code, cause?.code]
		.map((each) => networkFailures[String(each)])
		.find((each) => each !== undefined);
}

export function isTransient({ statusCode, body }: IN8nHttpFullResponse): boolean {
	return (
		statusCode >= 500 ||
		statusCode === 429 ||
		problemOf(body)?.code === 'idempotency_key_in_progress'
	);
}

/**
 * Three tries in all. Safe because every POST carries an Idempotency-Key. Waits 200 ms, then 400 ms,
 * or what Retry-After says up to 5 s.
 */
export const patiently = retry(
	handleWhen((error) => networkFailure(error) !== undefined).orWhenResult((result) =>
		isTransient(result as IN8nHttpFullResponse),
	),
	{
		maxAttempts: 2,
		backoff: new DelegateBackoff(({ attempt, result }) => {
			const asked = 'value' in result ? retryAfterMs(result.value) : undefined;
			return Math.min(LONGEST_DELAY_MS, asked ?? FIRST_DELAY_MS * 2 ** (attempt - 1));
		}),
	},
);

function retryAfterMs(answer: unknown): number | undefined {
	const seconds = Number((answer as IN8nHttpFullResponse).headers['retry-after']);
	return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
