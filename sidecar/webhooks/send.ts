import type { Clock } from '../kernel/clock';
import { type Outcome, retryAfterIn } from './after-attempt';
import type { DeliveryRequest } from './delivery-request';

/** What is kept of an answer. */
const longestAnswer = 2_000;

export interface SendPorts {
	/** Asked before each request: a name may lead elsewhere by now. */
	allowedAddress(url: URL): Promise<boolean>;
	/** Whether the receiver answers without having taken anything, whatever its status says. Default: never. */
	isStillStarting?(answer: { status: number; text: string }): boolean;
	clock: Clock;
}

/** One request and its answer; a redirect is not followed. Never throws for what the receiver does. */
export async function send(
	{ allowedAddress, isStillStarting, clock }: SendPorts,
	{ method, url, headers, body }: DeliveryRequest,
	timeoutMs: number,
): Promise<Outcome> {
	const failed = (error: string): Outcome & { ok: false } => ({
		ok: false,
		status: null,
		error,
		answer: null,
		retryAfterMs: null,
	});
	if (!(await allowedAddress(url))) {
		return failed(`address_not_allowed: ${url.host} leads to an address that may not be called`);
	}
	try {
		const response = await fetch(url, {
			method,
			headers,
			body: body === null ? null : new Uint8Array(body),
			redirect: 'manual',
			signal: AbortSignal.timeout(timeoutMs),
		});
		const answer = await beginningOf(response);
		const { status } = response;
		const starting = isStillStarting?.({ status, text: answer ?? '' }) ?? false;
		if (response.ok && !starting) return { ok: true, status, answer };
		return {
			ok: false,
			status,
			error: `${url.host} ${starting ? 'is still starting' : `answered ${status}`}`,
			answer,
			retryAfterMs: retryAfterIn(response.headers.get('retry-after'), clock.now()),
		};
	} catch (error) {
		return {
			...failed(`no answer from ${url.host} within ${timeoutMs} ms: ${reasonOf(error)}`),
			silent: true,
			inDoubt: !neverConnected.has(reasonOf(error)),
		};
	}
}

/** Nobody was there to take anything. */
const neverConnected = new Set([
	'ECONNREFUSED',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
	'EAI_AGAIN',
	'UND_ERR_CONNECT_TIMEOUT',
]);

async function beginningOf(response: Response): Promise<string | null> {
	const reader = response.body?.getReader();
	if (!reader) return null;
	const decoder = new TextDecoder();
	let text = '';
	while (text.length < longestAnswer) {
		const { done, value } = await reader.read();
		if (done) return text;
		text += decoder.decode(value as Uint8Array, { stream: true });
	}
	await reader.cancel();
	return text.slice(0, longestAnswer);
}

/** fetch says only "fetch failed"; the cause says why. Headers it refuses are not repeated. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return 'unknown';
	if (error.name === 'TimeoutError') return 'time is up';
	const { cause } = error;
	if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
	return error.name;
}
