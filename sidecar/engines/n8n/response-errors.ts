import { OrchestrationError, type ErrorCode, type ErrorDetails } from '../../kernel/errors';
import { retryAfterMs } from '../../kernel/retry-after';
import type { TransportResponse } from './transport-request';

/** What a refusal of one endpoint means. */
export interface RefusalMeaning {
	/** Code of a 404. Default engine_rejected. */
	notFound?: ErrorCode;
	/** Code of a 400 or 422. Default engine_rejected. */
	rejected?: ErrorCode;
	/** What was asked for, as in `workflow "abc"`. */
	subject?: string;
	/** Right of the API key that the endpoint needs. */
	scope?: string;
}

export interface RequestFacts {
	environment: string;
	method: string;
	path: string;
	/** Strings that no message may hold. */
	secrets: string[];
	now: Date;
}

/** Turns an answer that is not 2xx into the error a caller can act on. */
export function errorOfResponse(
	response: TransportResponse,
	request: RequestFacts,
	meaning: RefusalMeaning,
): OrchestrationError {
	const { environment, method, path } = request;
	const said = messageOf(response.text, request.secrets);
	const details: ErrorDetails = { environment, method, path, status: response.status };
	const subject = meaning.subject ?? `${method} ${path}`;
	const fail = (code: ErrorCode, message: string, more: ErrorDetails = {}): OrchestrationError =>
		new OrchestrationError(code, message, { details: { ...details, ...more } });

	switch (response.status) {
		case 401:
			return fail(
				'engine_unauthorized',
				`n8n refused the API key of environment "${environment}" (${said}); make a new one in ` +
					'Settings > n8n API and PUT the environment with it',
			);
		case 403:
			return fail(
				'engine_forbidden',
				`the API key of environment "${environment}" may not do this (${said})` +
					(meaning.scope === undefined ? '' : `; it needs the scope ${meaning.scope}`) +
					'; make a key with that right in Settings > n8n API and PUT the environment with it',
				meaning.scope === undefined ? {} : { scope: meaning.scope },
			);
		case 404:
			return fail(
				meaning.notFound ?? 'engine_rejected',
				`n8n of environment "${environment}" does not know ${subject} (${said})`,
			);
		case 409:
			return fail('engine_conflict', `n8n refused ${subject} because of a conflict: ${said}`);
		case 413:
			return fail(
				'engine_rejected',
				`${subject} is larger than n8n takes in (${said}); raise N8N_PAYLOAD_SIZE_MAX there`,
			);
		case 429: {
			const wait = retryAfterMs(response.headers['retry-after'], request.now);
			const retryAt = wait === null ? null : new Date(request.now.getTime() + wait);
			return fail(
				'engine_rate_limited',
				`n8n of environment "${environment}" limits our rate; try again ` +
					(retryAt === null ? 'later' : `after ${retryAt.toISOString()}`),
				{ retryAt: retryAt?.toISOString() ?? null },
			);
		}
		case 502:
		case 503:
		case 504:
			return fail(
				'engine_unreachable',
				`n8n of environment "${environment}" is not available (HTTP ${response.status}: ${said}); ` +
					'is it starting, or down behind its gateway?',
				{ sent: true },
			);
		default:
			if (response.status >= 500) {
				return fail(
					'engine_bad_response',
					`n8n failed at ${subject} (HTTP ${response.status}: ${said}); its log says more`,
				);
			}
			return fail(
				response.status === 400 || response.status === 422
					? (meaning.rejected ?? 'engine_rejected')
					: 'engine_rejected',
				`n8n refused ${subject} (HTTP ${response.status}): ${said}`,
			);
	}
}

/** n8n's own words, without the stack trace that some of its answers carry. */
export function messageOf(text: string, secrets: string[]): string {
	let said = '';
	try {
		const body: unknown = JSON.parse(text);
		if (typeof body === 'object' && body !== null && 'message' in body) {
			said = String(body.message);
		}
	} catch {
		said = text.trimStart().startsWith('<') ? 'an HTML page' : text;
	}
	for (const secret of secrets) said = said.replaceAll(secret, '***');
	said = said.trim().split('\n    at ')[0] ?? '';
	return said === '' ? 'no message' : said.slice(0, 500);
}
