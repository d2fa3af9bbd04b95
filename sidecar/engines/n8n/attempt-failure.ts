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
	/** False when nothing can have reached the instance. */
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
