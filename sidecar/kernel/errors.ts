/**
 * Every code a caller can meet. A code is stable: clients branch on it, never on the message.
 * The HTTP status of each is decided in `http/problem.ts`.
 */
export type ErrorCode =
	| 'invalid_request'
	| 'malformed_json'
	| 'unsupported_media_type'
	| 'body_too_large'
	| 'headers_too_large'
	| 'request_timeout'
	| 'route_not_found'
	| 'method_not_allowed'
	| 'unauthenticated'
	| 'token_expired'
	| 'forbidden'
	| 'session_ended'
	| 'session_not_found'
	| 'csrf_token_invalid'
	| 'sign_in_refused'
	| 'sign_in_limited'
	| 'identity_provider_not_found'
	| 'identity_provider_unreachable'
	| 'idempotency_key_reused'
	| 'idempotency_key_in_progress'
	| 'environment_not_found'
	| 'environment_in_use'
	| 'environment_protected'
	| 'address_not_allowed'
	| 'token_not_found'
	| 'token_last_admin'
	| 'workflow_not_found'
	| 'workflow_invalid'
	| 'workflow_edited'
	| 'workflow_busy'
	| 'workflow_paused'
	| 'workflow_not_published'
	| 'workflow_not_paused'
	| 'workflow_not_settled'
	| 'workflow_in_use'
	| 'deleted_workflow_not_found'
	| 'drift_not_found'
	| 'drift_moved'
	| 'version_not_found'
	| 'version_digest_mismatch'
	| 'version_not_comparable'
	| 'release_not_found'
	| 'release_tampered'
	| 'release_signer_unknown'
	| 'promotion_not_found'
	| 'promotion_stage_order'
	| 'promotion_blocked'
	| 'promotion_plan_stale'
	| 'promotion_phase'
	| 'promotion_not_live'
	| 'promotion_environment_busy'
	| 'promotion_gate_closed'
	| 'approval_not_allowed'
	| 'hold_not_found'
	| 'dead_letter_not_found'
	| 'dead_letter_busy'
	| 'dead_letter_closed'
	| 'replay_not_possible'
	| 'bulk_replay_not_found'
	| 'bulk_replay_state'
	| 'rehearsal_not_found'
	| 'rehearsal_not_possible'
	| 'replay_schedule_not_found'
	| 'dead_letter_not_archived'
	| 'execution_not_found'
	| 'execution_closed'
	| 'execution_not_retryable'
	| 'circuit_not_found'
	| 'rate_limit_not_found'
	| 'quota_not_found'
	| 'concurrency_key_not_found'
	| 'concurrency_lease_lost'
	| 'retry_budget_not_found'
	| 'parked_not_found'
	| 'parked_busy'
	| 'parked_settled'
	| 'join_not_found'
	| 'join_settled'
	| 'webhook_endpoint_not_found'
	| 'webhook_endpoint_reserved'
	| 'webhook_endpoint_untestable'
	| 'webhook_signature_invalid'
	| 'webhook_subscription_not_found'
	| 'webhook_event_not_found'
	| 'webhook_delivery_not_found'
	| 'alert_rule_not_found'
	| 'alert_channel_not_found'
	| 'alert_channel_in_use'
	| 'payload_too_large'
	| 'engine_unreachable'
	| 'engine_timeout'
	| 'engine_unauthorized'
	| 'engine_forbidden'
	| 'engine_rejected'
	| 'engine_conflict'
	| 'engine_rate_limited'
	| 'engine_circuit_open'
	| 'engine_namespace_not_found'
	| 'engine_bad_response'
	| 'capability_missing'
	| 'configuration_invalid'
	| 'database_unavailable'
	| 'database_version_mismatch'
	| 'database_not_startable'
	| 'secret_unreadable'
	| 'internal_error';

/** Facts a program can use, beside the message; never a secret. */
export type ErrorDetails = Record<string, unknown>;

/**
 * The one error class we throw. The message says what was expected, what came and what to do next.
 * An expected "no" is a return value instead; see docs/decisions.
 */
export class OrchestrationError extends Error {
	override readonly name = 'OrchestrationError';
	readonly code: ErrorCode;
	readonly details: ErrorDetails;

	constructor(
		code: ErrorCode,
		message: string,
		options: { details?: ErrorDetails; cause?: unknown } = {},
	) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.details = options.details ?? {};
	}
}

export function isOrchestrationError(
	error: unknown,
	...codes: ErrorCode[]
): error is OrchestrationError {
	return error instanceof OrchestrationError && (codes.length === 0 || codes.includes(error.code));
}
