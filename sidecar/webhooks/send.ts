import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';
import { HttpFailure, sendHttp, type AddressGuard } from '../kernel/http-request';
import { retryAfterMs } from '../kernel/retry-after';
import type { Outcome } from './after-attempt';
import type { DeliveryRequest } from './delivery-request';

/** What is kept of an answer. */
const longestAnswer = 2_000;

export interface SendPorts {
	/** Null: every address may be called. */
	addresses: AddressGuard | null;
	/** Whether the receiver answers without having taken anything, whatever its status says. Default: never. */
	isStillStarting?(answer: { status: number; text: string }): boolean;
	clock: Clock;
}

/** One request and its answer; a redirect is not followed. Never throws for what the receiver does. */
export async function send(
	{ addresses, isStillStarting, clock }: SendPorts,
	{ method, url, headers, body }: DeliveryRequest,
	timeoutMs: number,
): Promise<Outcome> {
	const signal = AbortSignal.timeout(timeoutMs);
	const request = { method, headers, body, signal, addresses, longestText: longestAnswer };
	try {
		const { status, text: answer, ...said } = await sendHttp(url, request);
		const starting = isStillStarting?.({ status, text: answer }) ?? false;
		if (status >= 200 && status <= 299 && !starting) return { ok: true, status, answer };
		return {
			ok: false,
			status,
			error: `${url.host} ${starting ? 'is still starting' : `answered ${status}`}`,
			answer,
			retryAfterMs: retryAfterMs(said.headers['retry-after'], clock.now()),
		};
	} catch (error) {
		if (isOrchestrationError(error, 'address_not_allowed')) {
			return failed(`${error.code}: ${error.message}`);
		}
		if (!(error instanceof HttpFailure)) throw error;
		const reason = signal.aborted ? 'time is up' : error.reason;
		return {
			...failed(`no answer from ${url.host} within ${timeoutMs} ms: ${reason}`),
			silent: true,
			inDoubt: error.sent,
		};
	}
}

function failed(error: string): Outcome & { ok: false } {
	return { ok: false, status: null, error, answer: null, retryAfterMs: null };
}
