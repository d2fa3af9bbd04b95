import { z } from 'zod';
import type { IntakeMethod } from '../webhooks/endpoint';
import { endpointFor, type IntakePorts, takeIn } from '../webhooks/take-in';
import { type Route, defineRoute } from './route';
import { webhookName } from './webhook-schemas';

export const acceptedEvent = z.strictObject({ eventId: z.string() }).meta({ id: 'AcceptedEvent' });
/** Slack asks so whether an address is ours. */
const challenge = z.strictObject({ challenge: z.string() });

const example = {
	params: { endpoint: 'stripe' },
	response: { eventId: '0198c0de-0000-7000-8000-000000000050' },
};

/** Where senders send to. The signature is the key: no token. */
export function hooksRoutes(ports: IntakePorts, bodyLimitBytes: number): Route[] {
	return (['post', 'put', 'get'] as const).map((method) =>
		defineRoute({
			method,
			path: '/hooks/{endpoint}',
			summary: 'Take an event in',
			description:
				'Verified by the scheme of the endpoint over the bytes as they came, and in the database when this answers. The same event again gets the same answer.',
			role: 'public',
			params: z.strictObject({ endpoint: webhookName }),
			rawBody: true,
			responses: { 202: acceptedEvent, 200: challenge },
			errors: [
				'webhook_endpoint_not_found',
				'webhook_signature_invalid',
				'method_not_allowed',
				'body_too_large',
				'unsupported_media_type',
				'database_unavailable',
			],
			examples: example,
		}).handledBy(async ({ params, raw }) => {
			const endpoint = await endpointFor(
				ports,
				params.endpoint,
				method.toUpperCase() as IntakeMethod,
			);
			const body = await raw.read(Math.min(endpoint.maxBytes, bodyLimitBytes));
			const taken = await takeIn(ports, endpoint, {
				method: method.toUpperCase() as IntakeMethod,
				query: raw.query,
				headers: raw.headers,
				body,
			});
			return 'eventId' in taken ? { status: 202, body: taken } : { status: 200, body: taken };
		}),
	);
}
