import type { Sealing } from '../environments/sealing';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { Endpoint, EndpointStore, EventSource, SignatureFormat } from './endpoint';
import { readPlace } from './json-place';
import type { KnownEndpoints } from './known-endpoints';
import { defaultToleranceSeconds, noFormat } from './signatures/scheme';
import { schemes } from './signatures/schemes';
import { systemEndpoint } from './system-event';
import { openEndpoint, sealEndpoint } from './webhook-secrets';

export interface EndpointPorts {
	endpoints: EndpointStore;
	known: KnownEndpoints;
	sealing: Sealing;
	clock: Clock;
}

/** What is absent takes its default; absent secrets stay. */
export type EndpointRequest = Pick<Endpoint, 'name' | 'scheme'> &
	Partial<
		Pick<
			Endpoint,
			| 'toleranceSeconds'
			| 'eventId'
			| 'eventType'
			| 'orderingKey'
			| 'dedupWindowSeconds'
			| 'maxBytes'
			| 'methods'
			| 'enabled'
			| 'ttlSeconds'
		>
	> & { secrets?: string[] | undefined; signature?: Partial<SignatureFormat> | undefined };

const defaults = { dedupWindowSeconds: 86_400, maxBytes: 1_048_576, ttlSeconds: 604_800 };

/** @throws invalid_request, webhook_endpoint_reserved, secret_unreadable */
export async function putEndpoint(
	ports: EndpointPorts,
	request: EndpointRequest,
): Promise<{ endpoint: Endpoint; created: boolean }> {
	const { name } = request;
	refuseReserved(name);
	const former = await ports.endpoints.find(name);
	const now = ports.clock.now();
	const scheme = schemes[request.scheme];
	const secrets = secretsFor(ports.sealing, request, former);
	const toleranceSeconds = request.toleranceSeconds ?? defaultToleranceSeconds;
	const format = formatFor(request);
	const timed = scheme.timed || (format?.timestampHeader ?? null) !== null;
	for (const field of ['eventId', 'eventType', 'orderingKey'] as const) {
		checkSource(field, request[field] ?? null);
	}
	const endpoint = await ports.endpoints.put({
		name,
		scheme: request.scheme,
		format,
		toleranceSeconds,
		eventId: chosen(request.eventId, scheme.defaults.eventId),
		eventType: chosen(request.eventType, scheme.defaults.eventType),
		orderingKey: request.orderingKey ?? null,
		// Else a signed request could be sent again while its signature is still good.
		dedupWindowSeconds: Math.max(
			request.dedupWindowSeconds ?? defaults.dedupWindowSeconds,
			timed ? 2 * toleranceSeconds : 0,
		),
		maxBytes: request.maxBytes ?? defaults.maxBytes,
		methods: request.methods ?? ['POST'],
		enabled: request.enabled ?? true,
		ttlSeconds: request.ttlSeconds ?? defaults.ttlSeconds,
		sealedSecrets: secrets.length === 0 ? '' : sealEndpoint(ports.sealing, name, secrets),
		secretCount: secrets.length,
		createdAt: former?.createdAt ?? now,
		updatedAt: now,
	});
	ports.known.forget(name);
	return { endpoint, created: former === null };
}

/** @throws webhook_endpoint_not_found, webhook_endpoint_reserved */
export async function removeEndpoint(
	{ endpoints, known }: Pick<EndpointPorts, 'endpoints' | 'known'>,
	name: string,
): Promise<void> {
	refuseReserved(name);
	if (!(await endpoints.remove(name))) throw endpointNotFound(name);
	known.forget(name);
}

export async function findEndpoint(
	{ endpoints }: Pick<EndpointPorts, 'endpoints'>,
	name: string,
): Promise<Endpoint> {
	const endpoint = await endpoints.find(name);
	if (!endpoint) throw endpointNotFound(name);
	return endpoint;
}

export function endpointNotFound(name: string): OrchestrationError {
	return new OrchestrationError(
		'webhook_endpoint_not_found',
		`There is no endpoint ${name}. GET /api/v1/webhooks/endpoints lists them; PUT /api/v1/webhooks/endpoints/${name} makes one.`,
		{ details: { endpoint: name } },
	);
}

function refuseReserved(name: string): void {
	if (name !== systemEndpoint) return;
	throw new OrchestrationError(
		'webhook_endpoint_reserved',
		`The endpoint ${systemEndpoint} tells what happens here and cannot be changed. Choose another name; subscriptions to it can be put as to any other.`,
	);
}

function secretsFor(sealing: Sealing, request: EndpointRequest, former: Endpoint | null): string[] {
	const { scheme } = request;
	const keeps = request.secrets === undefined && former?.scheme === scheme;
	const secrets = request.secrets ?? (keeps ? openEndpoint(sealing, former) : []);
	for (const [index, secret] of secrets.entries()) {
		const expected = schemes[scheme].wrongSecret(secret);
		if (expected !== null) throw wrong(`secrets[${index}]`, expected);
	}
	if (secrets.length === 0 && scheme !== 'none') {
		throw wrong('secrets', `at least one secret for the scheme ${scheme}`);
	}
	return secrets;
}

function formatFor({ scheme, signature }: EndpointRequest): SignatureFormat | null {
	const free = scheme === 'hmac' || scheme === 'ed25519';
	if (!free && signature) throw wrong('signature', 'it only with the schemes hmac and ed25519');
	return free ? { ...noFormat, ...signature } : null;
}

function checkSource(field: string, source: EventSource | null): void {
	if (source === null || 'header' in source || readPlace(source.path)) return;
	throw wrong(`${field}.path`, 'a path such as data.object.id or items[0]["a-b"]');
}

function chosen(given: EventSource | null | undefined, usual: EventSource | null) {
	return given === undefined ? usual : given;
}

function wrong(path: string, expected: string): OrchestrationError {
	return new OrchestrationError(
		'invalid_request',
		`The body is not right. ${path}: expected ${expected}.`,
		{
			details: { errors: [{ path, message: `expected ${expected}` }] },
		},
	);
}
