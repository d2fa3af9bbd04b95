import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { IntakeMethod } from './endpoint';
import type { EventStore } from './event';
import { lazyJson, textFrom, valueAt } from './json-place';
import type { KnownEndpoints, OpenEndpoint } from './known-endpoints';
import { noFormat } from './signatures/scheme';
import { schemes } from './signatures/schemes';

export type IntakeOutcome = 'accepted' | 'duplicate' | 'refused';

export interface IntakePorts {
	known: KnownEndpoints;
	events: Pick<EventStore, 'accept'>;
	clock: Clock;
	newId: NewId;
	/** Told of every request to a known endpoint. */
	count(endpoint: string, outcome: IntakeOutcome): void;
	/** An event was kept and waits for its deliveries. */
	onAccepted(): void;
}

export interface IncomingRequest {
	method: IntakeMethod;
	/** Without the question mark. */
	query: string;
	/** Names in lower case. */
	headers: Record<string, string>;
	body: Buffer;
}

/** @throws webhook_endpoint_not_found, method_not_allowed */
export async function endpointFor(
	{ known }: Pick<IntakePorts, 'known'>,
	name: string,
	method: IntakeMethod,
): Promise<OpenEndpoint> {
	const endpoint = await known.find(name);
	if (!endpoint?.enabled || endpoint.methods.length === 0) {
		throw new OrchestrationError(
			'webhook_endpoint_not_found',
			`Nothing is taken in at /hooks/${name}. Check the name; PUT /api/v1/webhooks/endpoints/{name} makes or enables one.`,
		);
	}
	if (endpoint.methods.includes(method)) return endpoint;
	const allow = endpoint.methods;
	throw new OrchestrationError(
		'method_not_allowed',
		`Expected ${allow.join(', ')} on /hooks/${name}, got ${method}. Change the sender, or \`methods\` of the endpoint.`,
		{ details: { allow } },
	);
}

/**
 * Verifies a request and keeps it. It is in the database when this resolves. What came before, within
 * the window, answers with the event it was.
 * @returns `challenge` for Slack's question whether the address is ours, which is no event
 * @throws webhook_signature_invalid
 */
export async function takeIn(
	ports: IntakePorts,
	endpoint: OpenEndpoint,
	request: IncomingRequest,
): Promise<{ eventId: string } | { challenge: string }> {
	const now = ports.clock.now();
	try {
		schemes[endpoint.scheme].verify(request, {
			secrets: endpoint.secrets,
			now,
			toleranceSeconds: endpoint.toleranceSeconds,
			format: endpoint.format ?? noFormat,
		});
	} catch (error) {
		ports.count(endpoint.name, 'refused');
		throw error;
	}
	const json = lazyJson(request.body);
	if (endpoint.scheme === 'slack') {
		const challenge = challengeIn(json());
		if (challenge !== null) return { challenge };
	}
	const from = (source: OpenEndpoint['eventId']) => textFrom(source, request.headers, json);
	const providerId = from(endpoint.eventId);
	const { id, duplicate } = await ports.events.accept({
		id: ports.newId(),
		endpoint: endpoint.name,
		type: from(endpoint.eventType)?.slice(0, longestText) ?? 'unknown',
		providerId: providerId?.slice(0, longestText) ?? null,
		dedupKey: dedupKey(providerId, request),
		dedupUntil: later(now, endpoint.dedupWindowSeconds),
		orderingKey: from(endpoint.orderingKey)?.slice(0, longestText) ?? null,
		subject: null,
		environment: null,
		method: request.method,
		query: request.query,
		headers: kept(request.headers),
		body: request.body,
		receivedAt: now,
		keepUntil: later(now, endpoint.ttlSeconds),
	});
	ports.count(endpoint.name, duplicate ? 'duplicate' : 'accepted');
	if (!duplicate) ports.onAccepted();
	return { eventId: id };
}

const longestText = 500;

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000);

/** The sender's id, or a fingerprint of all that was sent; never one for the other. */
function dedupKey(providerId: string | null, { method, query, body }: IncomingRequest): string {
	if (providerId !== null) return hash('sha256', `id\0${providerId}`, 'base64url');
	const all = Buffer.concat([Buffer.from(`body\0${method}\0${query}\0`), body]);
	return hash('sha256', all, 'base64url');
}

/** Ways in of the sender are nobody's business here; the rest says nothing of the event. */
const notKept = new Set([
	'authorization',
	'proxy-authorization',
	'cookie',
	'connection',
	'host',
	'keep-alive',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
	'content-length',
	'expect',
]);

function kept(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !notKept.has(name)));
}

function challengeIn(body: unknown): string | null {
	if (valueAt(body, ['type']) !== 'url_verification') return null;
	const challenge = valueAt(body, ['challenge']);
	return typeof challenge === 'string' && challenge.length <= longestText ? challenge : null;
}
