import { OrchestrationError } from '../kernel/errors';
import type { EventSource } from './endpoint';
import { readPlace, type Place } from './json-place';
import type { OpenEndpoint } from './known-endpoints';
import { noFormat } from './signatures/scheme';
import { schemes } from './signatures/schemes';
import { endpointFor, type IntakePorts, takeIn } from './take-in';

export interface TestEvent {
	/** Where the endpoint looks for a type. */
	type: string;
	/** What beside the id and type is in it. */
	body: Record<string, unknown>;
}

/**
 * Sends an event as the sender would, signed with the newest secret, through the same intake: its
 * subscriptions get it.
 * @throws webhook_endpoint_not_found, webhook_endpoint_untestable
 */
export async function sendTestEvent(
	ports: IntakePorts,
	name: string,
	event: TestEvent,
): Promise<{ eventId: string }> {
	const open = await endpointFor(ports, name, (await ports.known.find(name))?.methods[0] ?? 'POST');
	const method = open.methods[0];
	if (method === undefined || method === 'GET') throw untestable(name, 'it takes no bodies');
	if (open.scheme === 'ed25519') throw untestable(name, 'only the sender has the private key');
	const [secret] = open.secrets;
	if (secret === undefined && open.scheme !== 'none') throw untestable(name, 'it has no secret');
	const id = `test_${ports.newId()}`;
	const { headers, body } = written(open, id, event);
	const signature = schemes[open.scheme].sign(
		{ id, at: ports.clock.now(), body },
		secret ?? '',
		open.format ?? noFormat,
	);
	const taken = await takeIn(ports, open, {
		method,
		query: '',
		headers: {
			'content-type': 'application/json',
			'user-agent': 'n8n-orchestration test event',
			...headers,
			...signature,
		},
		body,
	});
	if ('eventId' in taken) return taken;
	throw untestable(name, 'the body asks for a challenge');
}

/** Id and type stand where the endpoint looks for them. */
function written(
	{ eventId, eventType, orderingKey }: OpenEndpoint,
	id: string,
	{ type, body }: TestEvent,
): { headers: Record<string, string>; body: Buffer } {
	const headers: Record<string, string> = {};
	const content = structuredClone(body);
	const put = (source: EventSource | null, value: string) => {
		if (source === null) return;
		if ('header' in source) headers[source.header.toLowerCase()] = value;
		else putAt(content, readPlace(source.path) ?? [], value);
	};
	put(eventId, id);
	put(eventType, type);
	put(orderingKey, 'test');
	return { headers, body: Buffer.from(JSON.stringify(content)) };
}

/** Only into objects: what stands there already stays. */
function putAt(content: Record<string, unknown>, place: Place, value: string): void {
	let inner = content;
	for (const [index, step] of place.entries()) {
		if (typeof step === 'number' || ['__proto__', 'constructor'].includes(step)) return;
		if (index === place.length - 1) {
			if (!Object.hasOwn(inner, step)) inner[step] = value;
			return;
		}
		if (!Object.hasOwn(inner, step)) inner[step] = {};
		const next = inner[step];
		if (typeof next !== 'object' || next === null || Array.isArray(next)) return;
		inner = next as Record<string, unknown>;
	}
}

function untestable(name: string, why: string): OrchestrationError {
	return new OrchestrationError(
		'webhook_endpoint_untestable',
		`Expected an endpoint that the sidecar can sign a test event for, but at ${name} ${why}. ` +
			'Let the sender send one.',
	);
}
