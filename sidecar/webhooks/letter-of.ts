import type { LetterRequest } from '../dead-letters/accept-letter';
import type { Outcome } from './after-attempt';
import type { ClaimedDelivery } from './delivery';
import { lazyJson } from './json-place';
import { systemEndpoint } from './system-event';

/**
 * What is kept as a dead letter of a delivery that failed for good. Null: the delivery itself, which
 * is never removed while it is dead, is all there is: an address is no environment's, and a letter
 * of a system event would be told by one more.
 */
export function letterOf(
	{ delivery, event, subscription }: ClaimedDelivery,
	outcome: Outcome & { ok: false },
): { environment: string; request: LetterRequest } | null {
	const { target } = subscription;
	if (target.kind === 'url' || event.endpoint === systemEndpoint) return null;
	return {
		environment: target.environment,
		request: {
			origin: 'api',
			// A redelivery that fails again is the same failure.
			dedupKey: `delivery:${delivery.id}`,
			workflowId: target.workflowId ?? `webhook:${target.path ?? ''}`,
			failedInput: [
				{
					json: {
						headers: event.headers,
						query: Object.fromEntries(new URLSearchParams(event.query)),
						body: lazyJson(event.body)() ?? event.body.toString('utf8'),
					},
				},
			],
			error: {
				node: null,
				name: 'WebhookDeliveryError',
				message: outcome.error,
				description: outcome.answer,
				httpStatus: outcome.status,
			},
			note:
				`Event ${event.id} (${event.type}) of the endpoint ${event.endpoint} could not be handed to ` +
				`${subscription.name}. POST /api/v1/webhooks/events/${event.id}/redeliver hands it on again.`,
		},
	};
}
