import type { TransportResponse } from './transport-request';

/**
 * One attempt that failed in a way that retry and breaker care about.
 * Never leaves the transport: it becomes an OrchestrationError or the response it carries.
 */
export class AttemptFailure extends Error {
	override readonly name = 'AttemptFailure';
	readonly kind: 'network' | 'timeout' | 'status';
	/** Code of the network error, e.g. ECONNREFUSED, or the HTTP status. */
	readonly reason: string;
	/** False when we know that nothing reached the instance. */
	readonly sent: boolean;
	readonly response: TransportResponse | null;
	/** How long the instance asked us to wait, in milliseconds. */
	readonly retryAfterMs: number | null;

	constructor(fields: {
		kind: AttemptFailure['kind'];
		reason: string;
		sent: boolean;
		response?: TransportResponse;
		retryAfterMs?: number | null;
		cause?: unknown;
	}) {
		super(`${fields.kind}: ${fields.reason}`, { cause: fields.cause });
		this.kind = fields.kind;
		this.reason = fields.reason;
		this.sent = fields.sent;
		this.response = fields.response ?? null;
		this.retryAfterMs = fields.retryAfterMs ?? null;
	}
}

const blockedPort = 'blocked port';

/** Errors of connecting: nothing was sent. After any other the request may have arrived. */
const whileConnecting = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'UND_ERR_CONNECT_TIMEOUT',
	blockedPort,
]);
const certificateCodes = /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;
const slowAnswer = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Says what a rejected `fetch` means. */
export function failureOfFetch(error: unknown, timedOut: boolean): AttemptFailure {
	const reason = codeOf(error);
	if (timedOut || slowAnswer.has(reason)) {
		return new AttemptFailure({ kind: 'timeout', reason: 'timeout', sent: true, cause: error });
	}
	const sent = !whileConnecting.has(reason) && !certificateCodes.test(reason);
	return new AttemptFailure({ kind: 'network', reason, sent, cause: error });
}

function codeOf(error: unknown): string {
	let at = error as Partial<NodeJS.ErrnoException> | null | undefined;
	for (; typeof at === 'object' && at !== null; at = at.cause as typeof at) {
		if (typeof at.code === 'string') return at.code;
		// fetch refuses ports of well-known other services, and gives no code.
		if (at.message === 'bad port') return blockedPort;
	}
	return 'unknown';
}
