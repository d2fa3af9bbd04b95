import { z } from 'zod';
import { isOrchestrationError } from '../kernel/errors';
import type { Log } from '../monitoring/log';
import {
	type ProviderSignInPorts,
	beginSignIn,
	finishSignIn,
	journeyMs,
} from '../sessions/oidc/sign-in-with-provider';
import { type Route, defineRoute } from './route';
import { clearJourneyCookie, journeyCookieIn, setJourneyCookie } from './session-cookie';
import { cookieOf, originOf } from './session-routes';
import { exampleProvider, signInProviderSchema } from './session-schemas';

const params = z.strictObject({ name: z.string() });

const returnTo = z
	.string()
	.max(2_000)
	.refine(isOwnPath, { error: 'expected a path of the console, like /dead-letters' })
	.default('/')
	.meta({ description: 'Page of the console to go on to. Default /.', example: '/dead-letters' });

/** Signing in with OpenID Connect: authorization code with PKCE (RFC 7636). */
export function sessionProviderRoutes(ports: ProviderSignInPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/session/providers',
			summary: 'Identity providers to sign in with',
			role: 'public',
			responses: { 200: z.strictObject({ data: z.array(signInProviderSchema) }) },
			examples: { response: { data: [exampleProvider] } },
		}).handledBy(async () => {
			const names = [...ports.providers.keys()];
			return { status: 200, body: { data: names.map((name) => ({ name, start: startOf(name) })) } };
		}),
		defineRoute({
			method: 'get',
			path: '/session/oidc/{name}/start',
			summary: 'Send the browser to an identity provider',
			role: 'public',
			params,
			query: z.strictObject({ returnTo }),
			responses: { 302: null },
			examples: { params: { name: 'google' } },
		}).handledBy(
			async ({ params: { name }, query, raw, log }) =>
				await orToSignIn(log, name, async () => {
					const { url, baggage } = await beginSignIn(ports, name, query.returnTo);
					const cookie = setJourneyCookie(baggage, raw.secure, journeyMs);
					return { status: 302, headers: { Location: url, 'Set-Cookie': cookie } };
				}),
		),
		defineRoute({
			method: 'get',
			path: '/session/oidc/{name}/callback',
			summary: 'Where the identity provider sends the browser back to',
			description:
				'A sign-in that is refused goes on to `/sign-in?refused=<code>&reason=<reason>` and opens no session.',
			role: 'public',
			params,
			// What the provider sends is looked at as it came.
			query: z.looseObject({}),
			responses: { 302: null },
			examples: { params: { name: 'google' } },
		}).handledBy(async ({ params: { name }, raw, requestId, log }) => {
			const forget = clearJourneyCookie(raw.secure);
			return await orToSignIn(
				log,
				name,
				async () => {
					const { session, returnTo: next } = await finishSignIn(ports, name, {
						query: raw.query,
						baggage: journeyCookieIn(raw.headers['cookie'], raw.secure),
						origin: originOf(raw, requestId),
					});
					const cookies = [cookieOf(session, raw), forget];
					return { status: 302, headers: { Location: next, 'Set-Cookie': cookies } };
				},
				forget,
			);
		}),
	];
}

interface Redirect {
	status: 302;
	headers: { Location: string; 'Set-Cookie'?: string | string[] };
}

/** A person waits in a browser: what is refused is told on the sign-in page, in full in the log. */
async function orToSignIn(
	log: Log,
	provider: string,
	work: () => Promise<Redirect>,
	cookie?: string,
): Promise<Redirect> {
	try {
		return await work();
	} catch (error) {
		if (!isOrchestrationError(error)) throw error;
		log.warn({ err: error, provider }, 'a sign-in was refused');
		const { reason } = error.details;
		const told = new URLSearchParams({ refused: error.code, provider });
		if (typeof reason === 'string') told.set('reason', reason);
		const headers = { Location: `/sign-in?${told}`, ...(cookie && { 'Set-Cookie': cookie }) };
		return { status: 302, headers };
	}
}

function startOf(name: string): string {
	return `/session/oidc/${name}/start`;
}

/** A browser reads `//host` and `/\host` as another site. */
function isOwnPath(path: string): boolean {
	const base = 'http://own.invalid';
	return /^\/(?![/\\])[^\x00-\x20\\]*$/.test(path) && URL.parse(path, base)?.origin === base;
}
