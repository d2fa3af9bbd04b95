import { z } from 'zod';
import type { IntakePorts } from '../webhooks/take-in';
import { sendTestEvent } from '../webhooks/test-event';
import { acceptedEvent } from './hooks-routes';
import { type Route, defineRoute } from './route';
import { webhookName } from './webhook-schemas';
import { plainText } from './wire-schemas';

export const testEventInput = z
	.strictObject({
		type: plainText(200).optional(),
		body: z.record(z.string(), z.json()).optional(),
	})
	.meta({ id: 'TestEventRequest' });

/** Tries an endpoint with what stands behind it, without its sender. */
export function webhookTestRoutes(ports: IntakePorts): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/webhooks/endpoints/{name}/test',
			summary: 'Send a signed test event to an endpoint',
			description:
				'Signed with its newest secret and taken in like any other: subscriptions that want it get it. Default type `test`.',
			role: 'operator',
			params: z.strictObject({ name: webhookName }),
			body: testEventInput.prefault({}),
			responses: { 202: acceptedEvent },
			errors: ['webhook_endpoint_not_found', 'webhook_endpoint_untestable', 'secret_unreadable'],
			examples: {
				params: { name: 'stripe' },
				body: { type: 'invoice.paid', body: { amount: 100 } },
				response: { eventId: '0198c0de-0000-7000-8000-000000000050' },
			},
		}).handledBy(async ({ params: { name }, body }) => ({
			status: 202,
			body: await sendTestEvent(ports, name, {
				type: body.type ?? 'test',
				body: body.body ?? { test: true },
			}),
		})),
	];
}
