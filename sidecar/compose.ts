import { composeAlerts } from './compose/alerts';
import { composeConservation } from './compose/conservation';
import { composeAdmission } from './compose/admission';
import { composeDeadLetters } from './compose/dead-letters';
import { composeDrift } from './compose/drift';
import { composeEnvironments } from './compose/environments';
import { composeExecutions } from './compose/executions';
import { type Foundation, layFoundation, type Settings } from './compose/foundation';
import { composeLimits } from './compose/limits';
import { composeOverview } from './compose/overview';
import { composeParking } from './compose/parking';
import type { Part, Service } from './compose/part';
import { composePromotions } from './compose/promotions';
import { composeSessions, type SessionsPart } from './compose/sessions';
import { composeWebhooks } from './compose/webhooks';
import { readAttemptKey } from './engines/temporal/orchestration/attempt-key';
import { acceptExecutions } from './executions/accept-executions';
import { admit } from './executions/admission';
import { setDispatch } from './executions/pause-dispatch';
import { keepWholeResult } from './executions/whole-results';
import { auditRoutes } from './http/audit-routes';
import { createApp } from './http/app';
import type { ReadinessCheck } from './http/service-routes';
import { purgeIdempotencyKeys, recoverAuditIntents } from './jobs/housekeeping';
import type { Job } from './jobs/job';
import type { Log } from './monitoring/log';
import type { Pool } from './storage/pool';
import { authenticateToken } from './tokens/authenticate-token';

export interface Sidecar extends Pick<
	Foundation,
	'clock' | 'owner' | 'draining' | 'stores' | 'sealing'
> {
	app: ReturnType<typeof createApp>;
	jobs: Job[];
	services: Service[];
	/** Resolves when no work begun by a request is under way. */
	settled(): Promise<void>;
}

/** Puts the rooms together. With the files in compose/, the only place that names concrete classes. */
export function compose(
	settings: Settings,
	pool: Pool,
	log: Log,
	{ version, consoleFolder = null }: { version: string; consoleFolder?: string | null },
): Sidecar {
	const foundation = layFoundation(settings, pool, log);
	const sessions = composeSessions(foundation);
	const parts = [...composeParts(foundation).parts, sessions];
	const { clock, owner, draining, stores, sealing, background } = foundation;
	return {
		app: createAppOf(foundation, parts, { sessions, version, consoleFolder }),
		jobs: [
			...parts.flatMap(({ jobs }) => jobs),
			purgeIdempotencyKeys(stores.idempotency, clock),
			recoverAuditIntents(stores.audit, clock),
		],
		services: [clock, ...parts.flatMap(({ services }) => services)],
		clock,
		owner,
		draining,
		stores,
		sealing,
		settled: background.settled,
	};
}

/** Rooms that need each other are given functions, which are not called before all of them stand. */
export function composeParts(foundation: Foundation) {
	const webhooks = composeWebhooks(foundation, {
		keepLetter: async (environment, request) => {
			const isThere = (await foundation.stores.environments.find(environment)) !== null;
			return isThere ? await letters.keep(environment, request) : null;
		},
		startExecution: async (request) => {
			const [execution] = await acceptExecutions(executions.acceptPorts, [request]);
			return execution?.id ?? '';
		},
	});
	const { onEventKept, emit } = webhooks;
	const promotions = composePromotions(foundation, {
		onEventKept,
		emit,
		onSucceeded: async (environment) => {
			await drift.lookAgain(environment);
		},
	});
	const drift = composeDrift(foundation, {
		promotionPorts: promotions.ports,
		drive: promotions.drive,
		emit,
		setDispatch: async (workflow, to) => await setDispatch(executions.pausePorts, workflow, to),
	});
	const { contentIn } = promotions;
	const limits = composeLimits(foundation, { emit });
	const admission = composeAdmission(foundation, limits.circuitPorts);
	const letters = composeDeadLetters(foundation, {
		onEventKept,
		contentIn,
		emit,
		admit: async (policy) => await admit(admission, { policy, tenant: null }),
	});
	const parking = composeParking(foundation);
	const executions = composeExecutions(foundation, {
		letters,
		admission,
		contentIn,
		keepWhole: async (execution, result) => {
			await parking.keepWhole(execution, result);
			if (readAttemptKey(execution.idempotencyKey) === null) return;
			await keepWholeResult(foundation.stores.wholeResults, execution, result);
		},
		emit,
		onSettled: [parking.hook],
	});
	const parts: Part[] = [
		composeEnvironments(foundation),
		promotions,
		drift,
		letters,
		limits,
		executions,
		parking.part(executions),
		webhooks,
		composeConservation(foundation),
		composeOverview(foundation),
		composeAlerts(foundation, { emit, drift: drift.signal }),
	];
	return { parts, executions };
}

export function createAppOf(
	foundation: Foundation,
	parts: Part[],
	own: { sessions: SessionsPart; version: string; consoleFolder: string | null },
	readiness: readonly ReadinessCheck[] = [],
) {
	const { stores, clock, newId, pool, sealing, draining, log, metrics, config } = foundation;
	return createApp({
		routes: [...parts.flatMap(({ routes }) => routes), ...auditRoutes({ store: stores.audit })],
		authenticate: async (token) => await authenticateToken({ store: stores.tokens, clock }, token),
		authenticateSession: own.sessions.authenticateSession,
		site: config.site,
		consoleFolder: own.consoleFolder,
		idempotency: stores.idempotency,
		audit: stores.auditTrail,
		sealing,
		readiness: [
			{
				name: 'database',
				check: async () => {
					await pool.query('select 1');
				},
			},
			...readiness,
		],
		draining,
		log,
		metrics,
		clock,
		newId,
		bodyLimitBytes: config.bodyLimitBytes,
		version: own.version,
	});
}
