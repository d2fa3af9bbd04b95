import { randomBytes } from 'node:crypto';
import { type AuditTrail, createAuditTrail } from '../../../sidecar/audit/audit-trail';
import { createAddressRules } from '../../../sidecar/environments/address-rules';
import type { EngineOf } from '../../../sidecar/environments/check-environment';
import { engineMemory, connectionOf } from '../../../sidecar/environments/access';
import { findEnvironment } from '../../../sidecar/environments/find-environment';
import type { EnvironmentStore } from '../../../sidecar/environments/environment-store';
import { createSealing } from '../../../sidecar/environments/sealing';
import { createN8nEngine } from '../../../sidecar/engines/n8n/n8n-engine';
import { createApp } from '../../../sidecar/http/app';
import { createDraining } from '../../../sidecar/http/draining';
import { environmentWorkflowsRoutes } from '../../../sidecar/http/environment-workflows-routes';
import { environmentsRoutes } from '../../../sidecar/http/environments-routes';
import type { Route } from '../../../sidecar/http/route';
import { startServer } from '../../../sidecar/http/server';
import type { ReadinessCheck } from '../../../sidecar/http/service-routes';
import { sessionProviderRoutes } from '../../../sidecar/http/session-provider-routes';
import { sessionRoutes } from '../../../sidecar/http/session-routes';
import { type Site, unknownSite } from '../../../sidecar/http/site';
import { tokensRoutes } from '../../../sidecar/http/tokens-routes';
import { systemClock } from '../../../sidecar/kernel/clock';
import { newId } from '../../../sidecar/kernel/ids';
import { createLog } from '../../../sidecar/monitoring/log';
import { createMetrics } from '../../../sidecar/monitoring/metrics';
import { authenticateSession } from '../../../sidecar/sessions/authenticate-session';
import type { IdentityProvider } from '../../../sidecar/sessions/oidc/sign-in-with-provider';
import { createAuditStore } from '../../../sidecar/storage/audit-store';
import { createEnvironmentStore } from '../../../sidecar/storage/environment-store';
import { createIdempotencyStore } from '../../../sidecar/storage/idempotency-store';
import type { Pool } from '../../../sidecar/storage/pool';
import { createSessionStore } from '../../../sidecar/storage/session-store';
import { createTokenStore } from '../../../sidecar/storage/token-store';
import { createVersionStore } from '../../../sidecar/storage/version-store';
import { authenticateToken } from '../../../sidecar/tokens/authenticate-token';
import { issueToken } from '../../../sidecar/tokens/issue-token';
import type { AccessToken } from '../../../sidecar/tokens/token';
import { movingClock } from '../moving-clock';
import { freshDatabase } from '../postgres/fresh-database';
import { type Caller, callerOf } from './caller';

export interface RoomParts {
	pool: Pool;
	environments: EnvironmentStore;
	engineOf: EngineOf;
}

export interface HttpRoomOptions {
	/** Beside those of tokens and environments. */
	routes?: Route[];
	/** As `routes`, for those that need the room's own database and engines. */
	routesOn?: (parts: RoomParts) => Route[];
	readiness?: ReadinessCheck[];
	bodyLimitBytes?: number;
	/** What may be private. Default: localhost only. */
	allowedAddresses?: string[];
	/** Default: the real n8n engine on what is registered. */
	engineOf?: EngineOf;
	graceMs?: number;
	/** Writes an audit log; default: none. */
	audit?: (pool: Pool) => { trail: AuditTrail; routes: Route[] };
	/** How it is seen from outside. Default: as it is called. */
	site?: Site;
	consoleFolder?: string;
	/** Where people may sign in beside with a token. */
	providers?: ReadonlyMap<string, IdentityProvider>;
}

export type HttpRoom = Awaited<ReturnType<typeof openHttpRoom>>;

/** The HTTP room on a free port with real stores on a database of its own, and a clock to be moved. */
export async function openHttpRoom(options: HttpRoomOptions = {}) {
	const database = await freshDatabase();
	const { pool } = database;
	const clock = movingClock();
	const tokens = createTokenStore(pool);
	const environments = createEnvironmentStore(pool);
	const sealing = createSealing([randomBytes(32)]);
	const lines: string[] = [];
	const log = createLog({ level: 'debug', stream: { write: (line) => lines.push(line) } });
	const draining = createDraining();
	const metrics = createMetrics({ processMetrics: false });
	const n8nEngineOf: EngineOf = async (name) =>
		createN8nEngine({
			connection: connectionOf(sealing, await findEnvironment(environments, name)),
			memory: engineMemory(environments, sealing, name),
			clock: systemClock,
			random: () => 0,
			resilience: { retries: 0 },
		});
	const engineOf = options.engineOf ?? n8nEngineOf;
	const audit = options.audit?.(pool);
	const providers = options.providers ?? new Map<string, IdentityProvider>();
	const sessionPorts = {
		store: createSessionStore(pool),
		clock,
		newId,
		times: { idleMs: 60 * 60_000, longestMs: 12 * 60 * 60_000 },
		audit: audit?.trail ?? createAuditTrail({ store: createAuditStore(pool), clock, newId }),
		tokenOf: async (token: string) => await authenticateToken({ store: tokens, clock }, token),
		knowsProvider: (name: string) => providers.has(name),
	};
	const tokenDependencies = { store: tokens, clock, newId };
	const routes: Route[] = [
		...tokensRoutes(tokenDependencies),
		...environmentsRoutes({
			store: environments,
			sealing,
			addressRules: createAddressRules(options.allowedAddresses ?? ['127.0.0.0/8']),
			clock,
			engineOf,
		}),
		...environmentWorkflowsRoutes({
			store: environments,
			engineOf,
			bindingsIn: createVersionStore(pool).bindingsIn,
		}),
		...sessionRoutes({ ...sessionPorts, site: options.site ?? unknownSite }),
		...sessionProviderRoutes({ ...sessionPorts, providers, sealing }),
		...(options.routes ?? []),
		...(audit?.routes ?? []),
		...(options.routesOn?.({ pool, environments, engineOf }) ?? []),
	];
	const app = createApp({
		routes,
		authenticate: async (token) => await authenticateToken({ store: tokens, clock }, token),
		authenticateSession: async (cookie) => await authenticateSession(sessionPorts, cookie),
		...(options.site ? { site: options.site } : {}),
		...(options.consoleFolder === undefined ? {} : { consoleFolder: options.consoleFolder }),
		idempotency: createIdempotencyStore(pool),
		sealing,
		...(audit ? { audit: audit.trail } : {}),
		readiness: options.readiness ?? [],
		draining,
		log,
		metrics,
		clock,
		newId,
		bodyLimitBytes: options.bodyLimitBytes ?? 1024 * 1024,
		version: '0.0.0-test',
		checkResponses: true,
	});
	const server = await startServer({
		app,
		host: '127.0.0.1',
		port: 0,
		draining,
		clock,
		log,
		graceMs: options.graceMs ?? 10_000,
	});
	const tokenFor = async (
		role: AccessToken['role'],
		environment: string | null = null,
	): Promise<string> => {
		const wanted = { name: `a ${role}`, role, environment, expiresAt: null };
		return (await issueToken(tokenDependencies, wanted)).token;
	};
	const admin = await tokenFor('admin');
	const call: Caller = callerOf(server.url, admin);
	return {
		url: server.url,
		port: server.port,
		stop: async () => await server.stop(),
		admin,
		call,
		tokenFor,
		clock,
		pool,
		sealing,
		stores: { tokens, environments, sessions: sessionPorts.store },
		tokenDependencies,
		routes,
		draining,
		/** What was logged, as text. */
		logged: () => lines.join(''),
		close: async () => {
			await server.stop();
			await database.drop();
		},
	};
}
