import { digestOf } from '../kernel/canonical-json';
import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import type { IdempotencyKey, IdempotencyStore, StoredResponse } from './idempotency-store';
import { problemOf, statusOf } from './problem';
import type { AnyReply } from './route';

/** Keeps answers that carry a secret. */
export interface AnswerSealing {
	seal(secret: string, place: string): string;
	open(box: string, place: string): string;
}

export interface IdempotentRequest {
	tokenId: string;
	key: string;
	requestId: string;
	/** Method, path and query, body: what must be the same for the same key. */
	fingerprint: { method: string; url: string; body: unknown };
	secretAnswer: boolean;
}

export type IdempotentOutcome = { replayed: StoredResponse } | { reply: AnyReply };

/** A refusal that may be gone the next time is not kept: the same key may try again. */
const passingStatuses: readonly number[] = [401, 403, 408, 409, 425, 429];

const keyPattern = /^[\x20-\x7e]{1,255}$/;

/** @throws invalid_request for a key that is too long or not printable ASCII */
export function readIdempotencyKey(header: string | undefined): string | null {
	if (header === undefined) return null;
	if (keyPattern.test(header)) return header;
	const message = `expected 1 to 255 printable ASCII characters, got ${header.length} characters`;
	throw new OrchestrationError('invalid_request', `The header Idempotency-Key: ${message}.`, {
		details: { errors: [{ path: 'Idempotency-Key', message }] },
	});
}

/**
 * Does the work once for a key: the second time the first answer comes back.
 * @throws idempotency_key_reused, idempotency_key_in_progress, and whatever `work` throws
 */
export async function once(
	store: IdempotencyStore,
	sealing: AnswerSealing,
	request: IdempotentRequest,
	work: () => Promise<AnyReply>,
): Promise<IdempotentOutcome> {
	const { tokenId, key, secretAnswer } = request;
	const claim = await store.begin({ tokenId, key, requestHash: digestOf(request.fingerprint) });
	if (claim.status === 'mismatch') throw reused();
	if (claim.status === 'in-progress') throw inProgress();
	const place = `idempotency/${tokenId}`;
	if (claim.status === 'done') {
		const { status, body } = claim.response;
		return {
			replayed: {
				status,
				body: isSealed(body) ? (JSON.parse(sealing.open(body.sealed, place)) as unknown) : body,
			},
		};
	}
	const keep = async ({ status, body }: StoredResponse): Promise<void> => {
		const kept = secretAnswer ? { sealed: sealing.seal(JSON.stringify(body), place) } : body;
		await store.finish({ tokenId, key, response: { status, body: kept } });
	};
	try {
		const reply = await work();
		await keep({ status: reply.status, body: reply.body ?? null });
		return { reply };
	} catch (error) {
		await settleFailure(store, request, error);
		throw error;
	}
}

async function settleFailure(
	store: IdempotencyStore,
	{ tokenId, key, requestId }: IdempotencyKey & { requestId: string },
	error: unknown,
): Promise<void> {
	const status = isOrchestrationError(error) ? statusOf[error.code] : 500;
	if (status >= 500 || passingStatuses.includes(status)) {
		await store.abandon({ tokenId, key });
	} else {
		await store.finish({ tokenId, key, response: { status, body: problemOf(error, requestId) } });
	}
}

function isSealed(body: unknown): body is { sealed: string } {
	return (
		typeof body === 'object' &&
		body !== null &&
		Object.keys(body).length === 1 &&
		'sealed' in body &&
		typeof body.sealed === 'string'
	);
}

function reused(): OrchestrationError {
	return new OrchestrationError(
		'idempotency_key_reused',
		'This Idempotency-Key came before with another request. Use a new key for a new request, ' +
			'the same key only to send the same one again.',
	);
}

function inProgress(): OrchestrationError {
	return new OrchestrationError(
		'idempotency_key_in_progress',
		'A request with this Idempotency-Key is being worked on. Send it again in a moment to get its ' +
			'answer.',
		{ details: { retryAfterMs: 1000 } },
	);
}
