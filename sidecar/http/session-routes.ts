import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';
import { liveAt } from '../sessions/authenticate-session';
import type { OpenedSession, SessionPorts } from '../sessions/session-ports';
import { signInWithToken } from '../sessions/sign-in-with-token';
import { idCursor } from './id-cursor';
import { requireOwnOrigin, sentByOf } from './own-page';
import { pageOf, pageQuery, toPage } from './paging';
import { type RawRequest, type Route, defineRoute } from './route';
import { clearSessionCookie, sessionCookieIn, setSessionCookie } from './session-cookie';
import {
	consoleSessionSchema,
	exampleSession,
	exampleWhoAmI,
	signInInput,
	toWire,
	whoAmISchema,
	whoIs,
} from './session-schemas';
import type { Site } from './site';

export type SessionRoutePorts = SessionPorts & { site: Site };

/** Signing in at the console, and who is signed in. */
export function sessionRoutes(ports: SessionRoutePorts): Route[] {
	return [...ownSessionRoutes(ports), ...allSessionsRoutes(ports)];
}

function ownSessionRoutes(ports: SessionRoutePorts): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/session',
			summary: 'Sign in at the console with a token; a cookie comes back',
			role: 'public',
			body: signInInput,
			responses: { 201: whoAmISchema },
			errors: [
				'unauthenticated',
				'token_expired',
				'forbidden',
				'sign_in_limited',
				'csrf_token_invalid',
			],
			examples: { body: { token: 'orc_7Yx0…' }, response: exampleWhoAmI },
		}).handledBy(async ({ body, raw, requestId }) => {
			requireOwnOrigin(
				sentByOf((name) => raw.headers[name]),
				ports.site.origin,
			);
			const session = await signInWithToken(ports, body.token, originOf(raw, requestId));
			return {
				status: 201,
				headers: { 'Set-Cookie': cookieOf(session, raw) },
				body: {
					user: session.name,
					role: session.role,
					environments: session.environment === null ? null : [session.environment],
					csrfToken: session.csrfToken,
				},
			};
		}),
		defineRoute({
			method: 'get',
			path: '/session',
			summary: 'Who is asking, with a session or a token',
			role: ['viewer', 'node'],
			environment: 'handler',
			responses: { 200: whoAmISchema },
			examples: { response: exampleWhoAmI },
		}).handledBy(async ({ actor }) => ({ status: 200, body: whoIs(actor) })),
		defineRoute({
			method: 'delete',
			path: '/session',
			summary: 'Sign out; the session stops working at once, on every replica',
			role: ['viewer', 'node'],
			environment: 'handler',
			responses: { 204: null },
			errors: ['session_not_found'],
		}).handledBy(async ({ actor, raw }) => {
			if (!actor.session) throw noSession('this request came with a token');
			await ports.store.remove(actor.session.id);
			return { status: 204, headers: { 'Set-Cookie': clearSessionCookie(raw.secure) } };
		}),
	];
}

/** Those for one environment are kept out: sessions reach further. */
function allSessionsRoutes({ store, clock, times }: SessionRoutePorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/sessions',
			summary: 'Who is signed in at the console, newest first',
			role: 'admin',
			query: pageQuery({}),
			responses: { 200: pageOf(consoleSessionSchema) },
			examples: { response: { data: [exampleSession], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const page = { limit: query.limit + 1, after: idCursor(query.cursor) };
			const rows = await store.list(page, liveAt(clock.now(), times));
			const shown = rows.map((session) => toWire(session, actor.session?.id ?? null));
			return { status: 200, body: toPage(shown, query, ({ id }) => id) };
		}),
		defineRoute({
			method: 'delete',
			path: '/api/v1/sessions/{id}',
			summary: 'End the session of somebody',
			role: 'admin',
			params: z.strictObject({ id: z.string() }),
			responses: { 204: null },
			errors: ['session_not_found'],
			examples: { params: { id: exampleSession.id } },
		}).handledBy(async ({ params }) => {
			if (!(await store.remove(params.id))) throw noSession(`none has the id ${params.id}`);
			return { status: 204 };
		}),
	];
}

export function originOf(raw: RawRequest, requestId: string) {
	return {
		address: raw.address,
		requestId,
		cookie: sessionCookieIn(raw.headers['cookie'], raw.secure),
	};
}

export function cookieOf({ cookie, longestMs }: OpenedSession, { secure }: RawRequest): string {
	return setSessionCookie(cookie, secure, longestMs);
}

function noSession(what: string): OrchestrationError {
	return new OrchestrationError(
		'session_not_found',
		`Expected a session to end, but ${what}. GET /api/v1/sessions lists them; a token ends with ` +
			'DELETE /api/v1/tokens/{id}.',
	);
}
