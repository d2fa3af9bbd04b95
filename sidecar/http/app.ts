import express, { type ErrorRequestHandler, type Express } from 'express';
import type { AuditTrail } from '../audit/audit-trail';
import type { Clock } from '../kernel/clock';
import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import type { Log } from '../monitoring/log';
import type { Metrics } from '../monitoring/metrics';
import type { Session } from '../sessions/session';
import type { AccessToken } from '../tokens/token';
import { createBodyReader } from './body';
import { serveConsole } from './console-pages';
import type { Draining } from './draining';
import type { AnswerSealing } from './idempotency';
import type { IdempotencyStore } from './idempotency-store';
import { type OpenApiDocument, openApiOf } from './openapi';
import { problemHeaders, problemMediaType, problemOf } from './problem';
import { contextOf, requestContext } from './request-context';
import type { Route } from './route';
import { createRouter } from './router';
import { type ReadinessCheck, serviceRoutes } from './service-routes';
import { type Site, unknownSite } from './site';

export interface AppDependencies {
	/** Everything below /api/v1; what stands at the root is added here. */
	routes: readonly Route[];
	/** @throws unauthenticated, token_expired */
	authenticate(token: string): Promise<AccessToken>;
	/** Of the console's cookie. @throws session_ended */
	authenticateSession(cookie: string): Promise<Session & { csrfToken: string }>;
	/** Default: the address the request was sent to, and no proxy. */
	site?: Site;
	/** Folder of the built console. Null: none is served. */
	consoleFolder?: string | null;
	idempotency: IdempotencyStore;
	sealing: AnswerSealing;
	/** Where changes are written down. Default: nowhere; for tests. */
	audit?: AuditTrail;
	readiness: readonly ReadinessCheck[];
	draining: Draining;
	log: Log;
	metrics: Metrics;
	clock: Clock;
	newId: NewId;
	bodyLimitBytes: number;
	/** Version of the product, for the documentation. */
	version: string;
	/** Holds every answer against its schema; for tests. Default false. */
	checkResponses?: boolean;
}

export function createApp(dependencies: AppDependencies): Express {
	const { draining, log, metrics, clock, newId, version, site = unknownSite } = dependencies;
	let document: OpenApiDocument | null = null;
	const routes: readonly Route[] = [
		...dependencies.routes,
		...serviceRoutes({
			readiness: dependencies.readiness,
			isDraining: () => draining.signal.aborted,
			registry: metrics.registry,
			openApi: () => (document ??= openApiOf(routes, version)),
		}),
	];
	const app = express();
	app.disable('x-powered-by');
	app.disable('etag');
	app.set('trust proxy', site.trustedProxies);
	app.use(requestContext({ log, metrics, clock, newId, site }));
	app.use(
		createRouter(routes, {
			authenticate: async (token) => await dependencies.authenticate(token),
			authenticateSession: async (cookie) => await dependencies.authenticateSession(cookie),
			site,
			readBody: createBodyReader(dependencies.bodyLimitBytes),
			idempotency: dependencies.idempotency,
			sealing: dependencies.sealing,
			audit: dependencies.audit,
			stopping: draining.signal,
			checkResponses: dependencies.checkResponses ?? false,
		}),
	);
	app.use(serveConsole(dependencies.consoleFolder ?? null));
	app.use((request) => {
		throw new OrchestrationError(
			'route_not_found',
			`There is nothing at ${request.path.slice(0, 200)}. See /openapi.json for what there is.`,
		);
	});
	app.use(answerError(metrics));
	return app;
}

function answerError(metrics: Metrics): ErrorRequestHandler {
	// Express knows an error handler by its four parameters.
	return (error: unknown, request, response, _next) => {
		const { id, log, isGone } = contextOf(request);
		if (isGone) {
			log.debug({ err: error }, 'the client did not wait for the answer');
			return;
		}
		const problem = problemOf(error, id);
		if (!isOrchestrationError(error)) {
			metrics.internalErrors.inc();
			log.error({ err: error }, 'an error nobody foresaw');
		} else if (problem.status >= 500) {
			log.error({ err: error }, error.code);
		} else {
			log.debug({ code: error.code }, 'refused');
		}
		if (response.headersSent) {
			response.destroy();
			return;
		}
		response.status(problem.status).set(problemHeaders(error)).type(problemMediaType);
		response.send(JSON.stringify(problem));
	};
}
