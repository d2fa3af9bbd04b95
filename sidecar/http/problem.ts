import { z } from 'zod';
import type { Problem } from '../contract/problem';
import { type ErrorCode, type OrchestrationError, isOrchestrationError } from '../kernel/errors';

export const problemMediaType = 'application/problem+json';

/** The one place where a code becomes an HTTP status. */
export const statusOf = {
	invalid_request: 400,
	malformed_json: 400,
	unsupported_media_type: 415,
	body_too_large: 413,
	headers_too_large: 431,
	request_timeout: 408,
	route_not_found: 404,
	method_not_allowed: 405,
	unauthenticated: 401,
	token_expired: 401,
	forbidden: 403,
	session_ended: 401,
	session_not_found: 404,
	csrf_token_invalid: 403,
	sign_in_refused: 403,
	sign_in_limited: 429,
	identity_provider_not_found: 404,
	identity_provider_unreachable: 502,
	idempotency_key_reused: 422,
	idempotency_key_in_progress: 409,
	environment_not_found: 404,
	environment_in_use: 409,
	environment_protected: 403,
	address_not_allowed: 422,
	token_not_found: 404,
	token_last_admin: 409,
	workflow_not_found: 404,
	workflow_invalid: 422,
	workflow_edited: 409,
	workflow_busy: 409,
	workflow_paused: 409,
	workflow_not_published: 409,
	workflow_not_paused: 409,
	workflow_not_settled: 502,
	workflow_in_use: 409,
	deleted_workflow_not_found: 404,
	drift_not_found: 404,
	drift_moved: 409,
	version_not_found: 404,
	version_digest_mismatch: 422,
	version_not_comparable: 422,
	release_not_found: 404,
	release_tampered: 422,
	release_signer_unknown: 403,
	promotion_not_found: 404,
	promotion_stage_order: 422,
	promotion_blocked: 409,
	promotion_plan_stale: 409,
	promotion_phase: 409,
	promotion_not_live: 502,
	promotion_environment_busy: 409,
	promotion_gate_closed: 409,
	approval_not_allowed: 403,
	hold_not_found: 404,
	dead_letter_not_found: 404,
	dead_letter_busy: 409,
	dead_letter_closed: 409,
	replay_not_possible: 409,
	bulk_replay_not_found: 404,
	bulk_replay_state: 409,
	rehearsal_not_found: 404,
	rehearsal_not_possible: 422,
	replay_schedule_not_found: 404,
	dead_letter_not_archived: 409,
	execution_not_found: 404,
	execution_closed: 409,
	execution_not_retryable: 409,
	circuit_not_found: 404,
	rate_limit_not_found: 404,
	quota_not_found: 404,
	concurrency_key_not_found: 404,
	concurrency_lease_lost: 409,
	retry_budget_not_found: 404,
	parked_not_found: 404,
	parked_busy: 409,
	parked_settled: 409,
	join_not_found: 404,
	join_settled: 409,
	webhook_endpoint_not_found: 404,
	webhook_endpoint_reserved: 409,
	webhook_endpoint_untestable: 409,
	// Not 401: there is no token to try again with.
	webhook_signature_invalid: 403,
	webhook_subscription_not_found: 404,
	webhook_event_not_found: 404,
	webhook_delivery_not_found: 404,
	alert_rule_not_found: 404,
	alert_channel_not_found: 404,
	alert_channel_in_use: 409,
	payload_too_large: 413,
	engine_unreachable: 502,
	engine_timeout: 504,
	engine_unauthorized: 502,
	engine_forbidden: 502,
	engine_rejected: 502,
	engine_conflict: 409,
	engine_rate_limited: 503,
	engine_circuit_open: 503,
	engine_namespace_not_found: 502,
	engine_bad_response: 502,
	capability_missing: 422,
	configuration_invalid: 500,
	database_unavailable: 503,
	database_version_mismatch: 500,
	database_not_startable: 500,
	secret_unreadable: 500,
	internal_error: 500,
} as const satisfies Record<ErrorCode, number>;

/** What comes back for any error; facts of an error we foresaw travel along, of any other nothing does. */
export function problemOf(error: unknown, requestId: string): Problem {
	if (!isOrchestrationError(error)) {
		return frame('internal_error', requestId, {
			detail:
				`Something went wrong that nobody foresaw. Try again; if it stays, look for ${requestId} ` +
				'in the log of the sidecar and report what it says.',
		});
	}
	return frame(error.code, requestId, { ...error.details, detail: error.message });
}

/** Headers that go with a problem beside its media type. */
export function problemHeaders(error: unknown): Record<string, string> {
	if (!isOrchestrationError(error)) return {};
	return { ...challengeOf(error), ...retryAfterOf(error), ...allowOf(error) };
}

function frame(code: ErrorCode, requestId: string, facts: { detail: string }): Problem {
	return {
		...facts,
		type: `/problems/${code}`,
		title: titleOf(code),
		status: statusOf[code],
		detail: facts.detail,
		code,
		instance: requestId,
	};
}

function titleOf(code: ErrorCode): string {
	const words = code.replaceAll('_', ' ');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

function challengeOf({ code }: OrchestrationError): Record<string, string> {
	if (statusOf[code] !== 401) return {};
	const error = code === 'token_expired' ? ', error="invalid_token"' : '';
	return { 'WWW-Authenticate': `Bearer realm="orchestration"${error}` };
}

function retryAfterOf({ details }: OrchestrationError): Record<string, string> {
	const { retryAfterMs } = details;
	if (typeof retryAfterMs !== 'number' || retryAfterMs < 0) return {};
	return { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
}

function allowOf({ code, details }: OrchestrationError): Record<string, string> {
	const { allow } = details;
	return code === 'method_not_allowed' && Array.isArray(allow) ? { Allow: allow.join(', ') } : {};
}

export const problemSchema = z
	.looseObject({
		type: z.string(),
		title: z.string(),
		status: z.number().int(),
		detail: z.string(),
		code: z.string(),
		instance: z.string(),
		errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
	})
	.meta({ id: 'Problem', description: 'RFC 9457 problem document; branch on `code`.' });
