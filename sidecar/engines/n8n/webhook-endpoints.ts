import type { N8nTransport } from './transport';
import type { TransportRequest, TransportResponse } from './transport-request';

const webhookMethods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;

/**
 * Whether a production webhook is registered for a method. Starts nothing: a preflight tells the
 * registered methods, then a call with a method that is not among them makes n8n say so in words,
 * which no gateway does in its place.
 * @param webhook.path as in the Webhook node; one with `:parameters` needs its webhook id in front
 */
export async function probeWebhook(
	transport: N8nTransport,
	webhook: { method: string; path: string },
): Promise<boolean> {
	const method = webhook.method.toUpperCase();
	const path = webhookPath(webhook.path);
	const preflight = await transport.send({
		method: 'OPTIONS',
		path,
		headers: { origin: 'https://probe.invalid' },
		withApiKey: false,
		mayFail: true,
	});
	const allowed = methodsIn(preflight.headers['access-control-allow-methods'] ?? '');
	if (allowed !== null && !allowed.includes(method)) return false;
	const taken = allowed ?? [method];
	const other = (['GET', 'PATCH', 'PUT', 'DELETE'] as const).find((one) => !taken.includes(one));
	// All methods in use: there is none left to ask with.
	if (other === undefined) return true;
	const answer = await transport.send({ method: other, path, withApiKey: false, mayFail: true });
	return answer.status === 404 && methodsInRefusal(answer.text).includes(method);
}

/** Calls a production webhook and waits for its answer, of any status. */
export async function callWebhook(
	transport: N8nTransport,
	call: {
		path: string;
		body: unknown;
		headers: Record<string, string>;
		timeoutMs: number;
		/** Default POST. */
		method?: string;
		/** A 5xx says nothing about the instance. Default false. */
		mayFail?: boolean;
	},
): Promise<TransportResponse> {
	return await transport.send({
		method: (call.method ?? 'POST') as TransportRequest['method'],
		...(call.mayFail === undefined ? {} : { mayFail: call.mayFail }),
		path: webhookPath(call.path),
		body: call.body,
		headers: call.headers,
		timeoutMs: call.timeoutMs,
		withApiKey: false,
		longRunning: true,
	});
}

/** Segments that stand for parameters get some value. */
function webhookPath(path: string): string {
	const segments = path
		.split('/')
		.filter((segment) => segment !== '')
		.map((segment) => encodeURIComponent(segment.startsWith(':') ? 'probe' : segment));
	return `/webhook/${segments.join('/')}`;
}

/** Null when the answer is not one of n8n, which always names OPTIONS first. */
function methodsIn(header: string): string[] | null {
	const methods = header.split(',').map((method) => method.trim().toUpperCase());
	return methods[0] === 'OPTIONS' ? methods : null;
}

/** Reads `… Did you mean to make a GET, POST or PUT request?` */
function methodsInRefusal(text: string): string[] {
	const meant = /Did you mean to make an? ([A-Z, or]+) request/.exec(text)?.[1] ?? '';
	return webhookMethods.filter((method) => meant.split(/[ ,]+/).includes(method));
}
