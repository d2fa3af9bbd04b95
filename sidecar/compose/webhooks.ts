import type { LetterRequest } from '../dead-letters/accept-letter';
import { accessTokens } from '../engines/n8n/access-tokens';
import { isStillStarting } from '../engines/n8n/still-starting';
import type { NewExecution } from '../executions/execution';
import { hooksRoutes } from '../http/hooks-routes';
import { webhookEndpointsRoutes } from '../http/webhook-endpoints-routes';
import { webhookEventsRoutes } from '../http/webhook-events-routes';
import { webhookTestRoutes } from '../http/webhook-test-routes';
import { webhookSubscriptionsRoutes } from '../http/webhook-subscriptions-routes';
import { pruneEvents } from '../jobs/housekeeping';
import { createEventRouter } from '../jobs/event-router';
import { createWebhookDispatcher } from '../jobs/webhook-dispatcher';
import { registerWebhookMetrics } from '../monitoring/webhook-metrics';
import { createEmit } from '../webhooks/emit';
import { executionOf } from '../webhooks/execution-of';
import { knownEndpoints } from '../webhooks/known-endpoints';
import { webhookPathOf } from '../webhooks/webhook-path';
import type { Foundation } from './foundation';
import type { Part } from './part';

export interface WebhookParts {
	/** Gives the id of the letter; null: there is no such environment any more. */
	keepLetter(environment: string, request: LetterRequest): Promise<string | null>;
	/** Gives the id of the execution. */
	startExecution(request: NewExecution): Promise<string>;
}

/** Events from outside and from inside, and who gets them. */
export function composeWebhooks(foundation: Foundation, parts: WebhookParts) {
	const { stores, clock, newId, random, newTraceparent, owner, log, sealing } = foundation;
	const { addressRules, environments, connectionTo, engineOf } = foundation;
	const metrics = registerWebhookMetrics(foundation.metrics.registry, stores.deliveries);
	const dispatcher = createWebhookDispatcher({
		deliveries: stores.deliveries,
		connectionTo,
		addresses: addressRules,
		isStillStarting,
		webhookPathOf: async (environment, workflowId, method) =>
			await webhookPathOf(await engineOf(environment), workflowId, method),
		startExecution: async (claimed, target) =>
			await parts.startExecution(executionOf(claimed, target)),
		accessTokenOf: accessTokens(clock, addressRules),
		keepLetter: parts.keepLetter,
		closeLetter: async (id, why) => {
			const open = ['waiting', 'scheduled', 'expired'] as const;
			await stores.letters.move(id, [...open], 'discarded', why, clock.now());
		},
		onTrouble: (error) => {
			log.error({ err: error }, 'a delivery failed in a way nobody foresaw');
		},
		onLag: (milliseconds) => {
			metrics.lag.observe(milliseconds / 1000);
		},
		sealing,
		random,
		newTraceparent,
		clock,
		log,
		owner,
	});
	const { nudge } = dispatcher;
	const router = createEventRouter({
		deliveries: stores.deliveries,
		onRouted: nudge,
		clock,
		log,
	});
	const onAccepted = router.nudge;
	const known = knownEndpoints(stores.endpoints, sealing, clock);
	const intake = {
		known,
		events: stores.events,
		clock,
		newId,
		count: (endpoint: string, outcome: string) => {
			metrics.events.inc({ endpoint, outcome });
		},
		onAccepted,
	};
	const part: Part = {
		routes: [
			...webhookEndpointsRoutes({ endpoints: stores.endpoints, known, sealing, clock }),
			...webhookSubscriptionsRoutes({
				endpoints: stores.endpoints,
				subscriptions: stores.subscriptions,
				environments,
				addressRules,
				sealing,
				clock,
				newId,
				nudge,
			}),
			...webhookEventsRoutes({ ...stores, clock, nudge }),
			...webhookTestRoutes(intake),
			...hooksRoutes(intake, foundation.config.bodyLimitBytes),
		],
		jobs: [pruneEvents(stores.events, clock)],
		services: [router, dispatcher],
	};
	const emit = createEmit({ events: stores.events, clock, newId, onAccepted });
	return { ...part, emit, onEventKept: onAccepted };
}
