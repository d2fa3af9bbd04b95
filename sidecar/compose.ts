import { hostname } from 'node:os';
import type { Config } from './config';
import { completeLetters } from './dead-letters/complete-letters';
import { createN8nEngine } from './engines/n8n/n8n-engine';
import { createEngineRegistry } from './engines/registry';
import { connectionOf, engineMemory } from './environments/access';
import { createAddressRules } from './environments/address-rules';
import { findEnvironment } from './environments/find-environment';
import { createSealing } from './environments/sealing';
import { createApp } from './http/app';
import { circuitsRoutes } from './http/circuits-routes';
import { concurrencyRoutes } from './http/concurrency-routes';
import { deadLettersRoutes } from './http/dead-letters-routes';
import { createDraining, type Draining } from './http/draining';
import { environmentWorkflowsRoutes } from './http/environment-workflows-routes';
import { environmentsRoutes } from './http/environments-routes';
import { holdsRoutes } from './http/holds-routes';
import { promotionApprovalsRoutes } from './http/promotion-approvals-routes';
import { promotionsRoutes } from './http/promotions-routes';
import { quotasRoutes } from './http/quotas-routes';
import { rateLimitsRoutes } from './http/rate-limits-routes';
import { releasesRoutes } from './http/releases-routes';
import { tokensRoutes } from './http/tokens-routes';
import { versionsRoutes } from './http/versions-routes';
import { createBackgroundWork } from './jobs/background-work';
import { followEnvironments } from './jobs/follow-environments';
import {
	attendPromotions,
	expireLetters,
	purgeConcurrencyLeases,
	purgeIdempotencyKeys,
	replayJobs,
} from './jobs/housekeeping';
import type { Job } from './jobs/job';
import { promotionJobs } from './jobs/promotion-jobs';
import { type Clock, systemClock } from './kernel/clock';
import { newId } from './kernel/ids';
import { newTraceparent } from './kernel/traceparent';
import type { Log } from './monitoring/log';
import { registerLetterMetrics } from './monitoring/letter-metrics';
import { createMetrics } from './monitoring/metrics';
import { contentIn } from './promotion/content-in';
import { drive } from './promotion/drive';
import { contextOf } from './promotion/drive-context';
import type { GatePorts } from './promotion/gates/gate-ports';
import { createCircuitStore } from './storage/circuit-store';
import { createConcurrencyStore } from './storage/concurrency-store';
import { createDeadLetterStore } from './storage/dead-letter-store';
import { createEnvironmentStore } from './storage/environment-store';
import { databaseTime } from './storage/fleet-time';
import { createFollowStore } from './storage/follow-store';
import { createGateStore } from './storage/gate-store';
import { createIdempotencyStore } from './storage/idempotency-store';
import { createLeaseStore } from './storage/lease-store';
import type { Pool } from './storage/pool';
import { createPromotionStore } from './storage/promotion-store';
import { createQuotaStore } from './storage/quota-store';
import { createRateLimitStore } from './storage/rate-limit-store';
import { createTokenStore } from './storage/token-store';
import { createVersionStore } from './storage/version-store';
import { createWatchStore } from './storage/watch-store';
import { knownQuotas } from './quotas/use-quotas';
import { authenticateToken } from './tokens/authenticate-token';
import { assembleRelease, makeRelease } from './workflow-versions/make-release';
import { rememberedTokens } from './tokens/remembered-tokens';
import { keepVersion } from './workflow-versions/snapshot';
import type { WorkflowVersion } from './workflow-versions/version';

export interface Sidecar {
	app: ReturnType<typeof createApp>;
	jobs: Job[];
	/** Names this process in leases. */
	owner: string;
	draining: Draining;
	stores: ReturnType<typeof createStores>;
	sealing: ReturnType<typeof createSealing>;
	/** Resolves when no work begun by a request is under way. */
	settled(): Promise<void>;
}

function createStores(pool: Pool, clock: Clock) {
	const time = databaseTime(clock);
	return {
		circuits: createCircuitStore(pool, time),
		rateLimits: createRateLimitStore(pool, time),
		quotas: createQuotaStore(pool, time),
		concurrency: createConcurrencyStore(pool),
		environments: createEnvironmentStore(pool),
		tokens: rememberedTokens(createTokenStore(pool), clock),
		versions: createVersionStore(pool),
		promotions: createPromotionStore(pool),
		gates: createGateStore(pool, newId),
		watches: createWatchStore(pool, newId),
		letters: createDeadLetterStore(pool),
		positions: createFollowStore(pool),
		leases: createLeaseStore(pool),
		idempotency: createIdempotencyStore(pool),
	};
}

/** Puts the rooms together. The only place that names concrete classes. */
export function compose(
	config: Config & { encryptionKeys: Buffer[] },
	pool: Pool,
	log: Log,
	version: string,
): Sidecar {
	const clock = systemClock;
	const random = Math.random;
	const owner = `${hostname()}-${newId()}`;
	const stores = createStores(pool, clock);
	const sealing = createSealing(config.encryptionKeys);
	const addressRules = createAddressRules(config.allowedAddresses);
	const metrics = createMetrics();
	registerLetterMetrics(metrics.registry, async () => await stores.letters.count());
	const draining = createDraining();
	const background = createBackgroundWork(log);

	const engines = createEngineRegistry({
		factories: {
			n8n: (connection, memory) =>
				createN8nEngine({
					connection,
					memory,
					clock,
					random,
					log,
					allowedAddress: async (url) => await addressRules.allows(url),
				}),
		},
		memoryOf: (environment) => engineMemory(stores.environments, sealing, environment),
	});
	const environmentOf = async (name: string) => await findEnvironment(stores.environments, name);
	const engineOf = async (name: string) =>
		engines.engineOf(connectionOf(sealing, await environmentOf(name)));

	const versionPorts = { versions: stores.versions, engineOf, clock, newId };
	const promotionPorts: GatePorts = {
		promotions: stores.promotions,
		gates: stores.gates,
		watches: stores.watches,
		tell: async (news) => {
			await Promise.resolve();
			log.info(news, 'promotion news');
		},
		versions: stores.versions,
		environmentOf,
		engineOf,
		makeRelease: async (request) => await makeRelease(versionPorts, request),
		assembleRelease: async (request, members) =>
			await assembleRelease(versionPorts, request, members),
		keepVersion: async (request, workflow) => await keepVersion(versionPorts, request, workflow),
		clock,
		newId,
	};
	const driveById = async (id: string) => {
		await drive(
			{
				promotions: stores.promotions,
				clock,
				owner,
				stopping: draining.signal,
				contextOf: async (promotion, run) => await contextOf(promotionPorts, promotion, run),
				onPhase: ({ id: promotion, phase, reason }) => {
					log.info({ promotion, phase, reason }, 'promotion');
				},
				onTrouble: ({ id: promotion }, error) => {
					log.warn({ promotion, err: error }, 'a promotion cannot be undone yet');
				},
			},
			id,
		);
	};
	const letterPorts = {
		letters: stores.letters,
		versions: stores.versions,
		environmentOf,
		engineOf,
		clock,
		newId,
		random,
		newTraceparent,
		contentIn: async (kept: WorkflowVersion, environment: string) =>
			await contentIn(promotionPorts, kept, environment),
		owner,
		inBackground: background.track,
	};
	const completeNow = async (environment: string) => {
		try {
			await completeLetters(letterPorts, environment, await engineOf(environment));
		} catch (error) {
			// The follower does it in its next round.
			log.info({ environment, err: error }, 'letters cannot be completed right now');
		}
	};
	const quotaOf = knownQuotas(stores.quotas, clock);
	const follow = followEnvironments({
		...letterPorts,
		environments: async () => await stores.environments.list(),
		positions: stores.positions,
		log,
		everySeconds: config.followIntervalSeconds,
	});

	const app = createApp({
		routes: [
			...environmentsRoutes({
				store: stores.environments,
				sealing,
				addressRules,
				clock,
				engineOf,
			}),
			...environmentWorkflowsRoutes({
				store: stores.environments,
				engineOf,
				bindingsIn: async (environment) => await stores.versions.bindingsIn(environment),
			}),
			...versionsRoutes(versionPorts),
			...releasesRoutes(versionPorts),
			...promotionsRoutes({
				...promotionPorts,
				drive: (id) => {
					background.track(driveById(id));
				},
			}),
			...promotionApprovalsRoutes(promotionPorts),
			...holdsRoutes(promotionPorts),
			...deadLettersRoutes({
				...letterPorts,
				completeSoon: (environment) => {
					background.track(completeNow(environment));
				},
			}),
			...circuitsRoutes({
				circuits: stores.circuits,
				newId,
				onTransition: (transition) => {
					log.info(transition, 'circuit changed');
				},
			}),
			...rateLimitsRoutes({ rateLimits: stores.rateLimits, quotaOf }),
			...quotasRoutes(stores.quotas),
			...concurrencyRoutes({ concurrency: stores.concurrency, quotaOf, newId }),
			...tokensRoutes({ store: stores.tokens, clock, newId }),
		],
		authenticate: async (token) => await authenticateToken({ store: stores.tokens, clock }, token),
		idempotency: stores.idempotency,
		sealing,
		readiness: [
			{
				name: 'database',
				check: async () => {
					await pool.query('select 1');
				},
			},
		],
		draining,
		log,
		metrics,
		clock,
		newId,
		bodyLimitBytes: config.bodyLimitBytes,
		version,
	});
	return {
		app,
		jobs: [
			follow,
			...replayJobs(letterPorts),
			expireLetters(stores.letters, clock),
			attendPromotions(stores.promotions, async (id) => {
				// A long one must not keep the job from the others.
				background.track(driveById(id));
			}),
			...promotionJobs({
				...promotionPorts,
				environments: async () => await stores.environments.list(),
				drive: (id) => {
					background.track(driveById(id));
				},
				onTrouble: (promotion, error) => {
					log.warn({ promotion, err: error }, 'a promotion cannot be followed up right now');
				},
			}),
			purgeIdempotencyKeys(stores.idempotency, clock),
			purgeConcurrencyLeases(stores.concurrency),
		],
		owner,
		draining,
		stores,
		sealing,
		settled: background.settled,
	};
}
