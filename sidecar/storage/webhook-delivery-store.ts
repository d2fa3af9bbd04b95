import type { DeliveryStore } from '../webhooks/delivery';
import { claimDeliveries } from './claim-deliveries';
import type { Pool } from './queryable';
import { renewDeliveries, settleDelivery } from './webhook-claims';
import {
	attemptsOf,
	countArrivals,
	countDeliveries,
	findDelivery,
	listDeliveries,
	nextDueAt,
} from './webhook-delivery-queries';
import { redeliverEvent, redeliverRange } from './webhook-redelivery';
import { routeArrivals } from './webhook-routing';

export function createWebhookDeliveryStore(pool: Pool): DeliveryStore {
	return {
		route: async (...request) => await routeArrivals(pool, ...request),
		claim: async (...request) => await claimDeliveries(pool, ...request),
		renew: async (...request) => await renewDeliveries(pool, ...request),
		settle: async (...request) => await settleDelivery(pool, ...request),
		nextDueAt: async () => await nextDueAt(pool),
		find: async (id) => await findDelivery(pool, id),
		list: async (...request) => await listDeliveries(pool, ...request),
		attemptsOf: async (id) => await attemptsOf(pool, id),
		redeliver: async (...request) => await redeliverEvent(pool, ...request),
		redeliverRange: async (...request) => await redeliverRange(pool, ...request),
		count: async () => await countDeliveries(pool),
		countArrivals: async () => await countArrivals(pool),
	};
}
