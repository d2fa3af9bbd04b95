import type { Request, RequestHandler, Response } from 'express';
import findMyWay from 'find-my-way';
import type { AuditTrail } from '../audit/audit-trail';
import { OrchestrationError, isOrchestrationError } from '../kernel/errors';
import type { Session } from '../sessions/session';
import type { AccessToken } from '../tokens/token';
import {
	type Actor,
	actorOf,
	actorOfSession,
	anonymous,
	bearerToken,
	keyOwnerOf,
	requireEnvironment,
	requireRole,
} from './authenticate';
import { type AuditedRequest, actionOf, audited, isAudited } from './audited';
import type { ReadBody } from './body';
import { type AnswerSealing, once, readIdempotencyKey } from './idempotency';
import type { IdempotencyStore } from './idempotency-store';
import { requireCsrfToken, requireOwnOrigin, sentByOf } from './own-page';
import { statusOf } from './problem';
import { rawRequestOf } from './raw-request';
import { contextOf } from './request-context';
import { respond, replay } from './respond';
import type { PreparedRequest, Route } from './route';
import { sessionCookieIn } from './session-cookie';
import { isSecure, type Site } from './site';

export interface RouterDependencies {
	/** @throws unauthenticated, token_expired */
	authenticate(token: string): Promise<AccessToken>;
	/** Of the console's cookie. @throws session_ended */
	authenticateSession(cookie: string): Promise<Session & { csrfToken: string }>;
	site: Site;
	readBody: ReadBody;
	idempotency: IdempotencyStore;
	sealing: AnswerSealing;
	/** Where changes are written down. Default: nowhere. */
	audit?: AuditTrail | undefined;
	/** Aborted when the server begins to stop; ends event streams. */
	stopping: AbortSignal;
	/** Holds every answer against its schema; for tests. Default false. */
	checkResponses?: boolean;
}

type Serve = (request: Request, response: Response) => Promise<void>;

/**
 * Turns the table of routes into one handler. Express would try the routes one after the other; here
 * a request is answered after one look, however many there are.
 */
export function createRouter(
	routes: readonly Route[],
	dependencies: RouterDependencies,
): RequestHandler {
	const table = findMyWay({
		caseSensitive: true,
		ignoreTrailingSlash: true,
		// What is too long is told by the schema of the parameter.
		maxParamLength: 65_536,
		// Express reads the query.
		querystringParser: () => ({}),
	});
	for (const [path, methods] of Map.groupBy(routes, (route) => route.path)) {
		const served = servedBy(methods, dependencies);
		table.on('GET', path.replaceAll(/\{(\w+)\}/g, ':$1'), () => undefined, served);
	}
	const find = (url: string) => table.find('GET', url);
	return async (request, response, next) => {
		refuseWrongEncoding(request.url);
		const found = find(request.url);
		if (!found) {
			next();
			return;
		}
		request.params = found.params as Record<string, string>;
		const { byMethod, refuse } = found.store as ReturnType<typeof servedBy>;
		await (byMethod.get(request.method) ?? refuse)(request, response);
	};
}

function servedBy(methods: readonly Route[], dependencies: RouterDependencies) {
	const byMethod = new Map<string, Serve>();
	for (const route of methods) {
		const served = serve(route, dependencies);
		byMethod.set(route.method.toUpperCase(), served);
		if (route.method === 'get') byMethod.set('HEAD', served);
	}
	const allow = [...byMethod.keys()];
	const refuse: Serve = async ({ path, method }) =>
		await Promise.reject(wrongMethod(path, method, allow));
	return { byMethod, refuse };
}

function wrongMethod(path: string, method: string, allow: string[]): OrchestrationError {
	return new OrchestrationError(
		'method_not_allowed',
		`Expected ${allow.join(', ')} on ${path}, got ${method}. ` +
			'See /openapi.json for what there is.',
		{ details: { allow } },
	);
}

function serve(route: Route, dependencies: RouterDependencies): Serve {
	const trail = isAudited(route) ? dependencies.audit : undefined;
	const isStream = streams(route);
	return async (request, response) => {
		const context = contextOf(request);
		context.route = route.path;
		const actor = await identify(route, request, dependencies);
		context.actor = actor;
		const { query } = request;
		const asked: AuditedRequest = {
			route,
			actor,
			params: request.params,
			query,
			body: undefined,
			environment: undefined,
			requestId: context.id,
		};
		try {
			if (actor.session) requireOwnPage(request, actor.session.csrfToken, dependencies.site);
			requireRole(actor, route.roles);
		} catch (error) {
			await noteRefusal(trail, asked, error);
			throw error;
		}
		const { rawBody } = route;
		const hasKey = route.method === 'post' && !rawBody;
		const key = hasKey ? readIdempotencyKey(request.get('idempotency-key')) : null;
		const body = rawBody ? undefined : await dependencies.readBody(request, response);
		const prepared = route.prepare({ params: request.params, query, body });
		const complete = { ...asked, body, environment: prepared.environment };
		try {
			requireScope(route, actor, prepared);
		} catch (error) {
			await noteRefusal(trail, complete, error);
			throw error;
		}

		// Only streams need the other: on a signal that lives long each follower costs.
		const signal = () =>
			isStream ? AbortSignal.any([context.signal, dependencies.stopping]) : context.signal;
		const handle = async (note: (facts: Record<string, unknown>) => void) =>
			await prepared.run({
				actor,
				requestId: context.id,
				lastEventId: request.get('last-event-id') ?? null,
				// Made when a handler asks for them; most do not.
				get log() {
					return context.log;
				},
				get signal() {
					return signal();
				},
				get raw() {
					return rawRequestOf(request, dependencies.site);
				},
				note,
			});
		const run = async () => {
			const reply = trail
				? await audited(trail, actionOf(complete), handle, (error) => {
						context.log.error({ err: error }, 'the end of a change is not in the audit log yet');
					})
				: await handle(() => undefined);
			if (dependencies.checkResponses) checkReply(route, reply.status, reply.body);
			return reply;
		};
		const owner = keyOwnerOf(actor);
		if (key === null || owner === null) {
			await respond(route, await run(), response, signal);
			return;
		}
		const outcome = await once(
			dependencies.idempotency,
			dependencies.sealing,
			{
				tokenId: owner,
				key,
				requestId: context.id,
				fingerprint: {
					method: request.method,
					url: request.originalUrl,
					body: body ?? null,
				},
				secretAnswer: route.secretAnswer,
			},
			run,
		);
		if ('reply' in outcome) await respond(route, outcome.reply, response, signal);
		else replay(response, outcome.replayed.status, outcome.replayed.body);
	};
}

async function identify(
	route: Route,
	request: Request,
	dependencies: RouterDependencies,
): Promise<Actor> {
	if (route.roles.includes('public')) return anonymous;
	const { authorization, cookie } = request.headers;
	if (authorization === undefined && cookie !== undefined) {
		const session = sessionCookieIn(cookie, isSecure(dependencies.site, request));
		if (session !== null) return actorOfSession(await dependencies.authenticateSession(session));
	}
	return actorOf(await dependencies.authenticate(bearerToken(authorization)));
}

/** Reading changes nothing, and no other page can read what comes back. */
function requireOwnPage(request: Request, csrfToken: string, { origin }: Site): void {
	if (['GET', 'HEAD'].includes(request.method)) return;
	const sentBy = sentByOf((name) => request.get(name));
	requireOwnOrigin(sentBy, origin);
	requireCsrfToken(sentBy, csrfToken);
}

/** Somebody known tried what they may not, or a page that is not ours did in their name. */
async function noteRefusal(
	audit: AuditTrail | undefined,
	asked: AuditedRequest,
	error: unknown,
): Promise<void> {
	const action = actionOf(asked);
	const code = isOrchestrationError(error) ? error.code : 'forbidden';
	const details = { ...action.details, status: statusOf[code], code };
	await audit?.append({ ...action, outcome: 'refused', details });
}

function requireScope(route: Route, actor: Actor, { environment }: PreparedRequest): void {
	if (route.environment === 'handler' || actor.environment === null) return;
	if (route.environment === 'closed') requireEnvironment(actor, null);
	else if (environment !== undefined) requireEnvironment(actor, environment);
}

function streams(route: Route): boolean {
	return Object.values(route.responses).some((spec) => spec !== null && 'events' in spec);
}

/** Postgres takes no U+0000 in a text, and no path or query of ours has one. */
function refuseWrongEncoding(url: string): void {
	if (!url.includes('%')) return;
	if (url.includes('%00')) {
		throw new OrchestrationError(
			'invalid_request',
			'Expected a path and query without %00, got one.',
		);
	}
	try {
		decodeURIComponent(url.split('?', 1)[0] ?? '');
	} catch {
		throw new OrchestrationError(
			'invalid_request',
			'Expected a percent-encoded path, got a % that starts no character. Encode % as %25.',
		);
	}
}

function checkReply(route: Route, status: number, body: unknown): void {
	const spec = route.responses[status];
	if (spec === undefined)
		throw new Error(`${route.path} answers ${status}, which it does not declare`);
	if (spec !== null && 'parse' in spec) spec.parse(body);
}
