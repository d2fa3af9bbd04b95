import { createAuditTrail } from '../audit/audit-trail';
import { auditedLetters } from '../audit/audited-letters';
import type { Clock } from '../kernel/clock';
import { newId } from '../kernel/ids';
import { createAlertStore } from '../storage/alert-store';
import { createAuditStore } from '../storage/audit-store';
import { createBulkReplayStore } from '../storage/bulk-replay-store';
import { createCircuitStore } from '../storage/circuit-store';
import { createConcurrencyStore } from '../storage/concurrency-store';
import { createDeadLetterStore } from '../storage/dead-letter-store';
import { createDirectChangeStore } from '../storage/direct-change-store';
import { createDriftStore } from '../storage/drift-store';
import { createEnvironmentStore } from '../storage/environment-store';
import { createExecutionStore } from '../storage/execution-store';
import { databaseTime } from '../storage/fleet-time';
import { createFollowStore } from '../storage/follow-store';
import { createGateStore } from '../storage/gate-store';
import { createHistoryStore } from '../storage/history-store';
import { createIdempotencyStore } from '../storage/idempotency-store';
import { createJoinStore } from '../storage/join-store';
import { createLeaseStore } from '../storage/lease-store';
import { createLedgerStore } from '../storage/ledger-store';
import { createParkedStore } from '../storage/parked-store';
import type { Pool } from '../storage/pool';
import { createPromotionStore } from '../storage/promotion-store';
import { createQuotaStore } from '../storage/quota-store';
import { createRateLimitStore } from '../storage/rate-limit-store';
import { createRehearsalStore } from '../storage/rehearsal-store';
import { createReplayScheduleStore } from '../storage/replay-schedule-store';
import { createRetryBudgetStore } from '../storage/retry-budget-store';
import { createSessionStore } from '../storage/session-store';
import { createTokenStore } from '../storage/token-store';
import { createVersionStore } from '../storage/version-store';
import { createWatchStore } from '../storage/watch-store';
import { createWebhookDeliveryStore } from '../storage/webhook-delivery-store';
import { createWebhookEndpointStore } from '../storage/webhook-endpoint-store';
import { createWebhookEventStore } from '../storage/webhook-event-store';
import { createWebhookSubscriptionStore } from '../storage/webhook-subscription-store';
import { createWholeResults } from '../storage/whole-results';
import { createTriggerCopies } from '../storage/trigger-copies';
import { rememberedTokens } from '../tokens/remembered-tokens';

export type Stores = ReturnType<typeof createStores>;

export function createStores(pool: Pool, clock: Clock) {
	const time = databaseTime(clock);
	const audit = createAuditStore(pool);
	const auditTrail = createAuditTrail({ store: audit, clock, newId });
	return {
		alerts: createAlertStore(pool),
		audit,
		auditTrail,
		bulks: createBulkReplayStore(pool),
		circuits: createCircuitStore(pool, time),
		concurrency: createConcurrencyStore(pool),
		deliveries: createWebhookDeliveryStore(pool),
		directChanges: createDirectChangeStore(pool),
		drift: createDriftStore(pool),
		endpoints: createWebhookEndpointStore(pool),
		environments: createEnvironmentStore(pool),
		events: createWebhookEventStore(pool),
		executions: createExecutionStore(pool),
		gates: createGateStore(pool, newId),
		history: createHistoryStore(pool),
		idempotency: createIdempotencyStore(pool),
		joins: createJoinStore(pool),
		leases: createLeaseStore(pool),
		ledgers: createLedgerStore(pool),
		letters: auditedLetters(createDeadLetterStore(pool), auditTrail),
		parked: createParkedStore(pool),
		positions: createFollowStore(pool),
		promotions: createPromotionStore(pool),
		quotas: createQuotaStore(pool, time),
		rateLimits: createRateLimitStore(pool, time),
		rehearsals: createRehearsalStore(pool),
		replaySchedules: createReplayScheduleStore(pool),
		retryBudgets: createRetryBudgetStore(pool, time),
		sessions: createSessionStore(pool),
		subscriptions: createWebhookSubscriptionStore(pool),
		tokens: rememberedTokens(createTokenStore(pool), clock),
		triggerCopies: createTriggerCopies(pool),
		versions: createVersionStore(pool),
		watches: createWatchStore(pool, newId),
		wholeResults: createWholeResults(pool),
	};
}
