import createClient, { type Middleware } from 'openapi-fetch';
import { problemFrom, Unreachable } from './problem';
import type { paths } from './schema';
import { csrfToken, forgetSession } from './session';

/** Tells the shell whether the last request was answered at all. */
type Listener = (isReachable: boolean) => void;
const listeners = new Set<Listener>();
export function onReachability(listener: Listener): void {
	listeners.add(listener);
}
function tell(isReachable: boolean): void {
	for (const listener of listeners) listener(isReachable);
}

/** Also a part of the console itself could not be fetched. */
export function noteUnreachable(): void {
	tell(false);
}

/** As fetch, but the session's guard goes along, and what is no success is thrown. */
export async function request(input: Request): Promise<Response> {
	if (input.method !== 'GET') input.headers.set('x-csrf-token', csrfToken());
	let response: Response;
	try {
		response = await fetch(input);
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') throw error;
		tell(false);
		throw new Unreachable({ cause: error });
	}
	if (response.ok) {
		tell(true);
		return response;
	}
	const body: unknown = await response.json().catch(() => null);
	const problem = problemFrom(response, body);
	tell(!(problem instanceof Unreachable));
	if (response.status === 401) forgetSession();
	throw problem;
}

const client = createClient<paths>({ baseUrl: location.origin, fetch: request });

/** A retried POST is done once: each carries a key of its own. */
const withIdempotencyKey: Middleware = {
	onRequest: ({ request: sent }) => {
		if (sent.method === 'POST') sent.headers.set('idempotency-key', crypto.randomUUID());
		return sent;
	},
};
client.use(withIdempotencyKey);

export const api = client;

/** What came back. Failures have been thrown, so a success without a body is the only gap. */
export async function dataOf<Data>(
	answer: Promise<{ data?: Data; error?: unknown }>,
): Promise<NonNullable<Data>> {
	const { data } = await answer;
	return (data ?? {}) as NonNullable<Data>;
}
