import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { Log } from '../monitoring/log';
import type { Metrics } from '../monitoring/metrics';
import { type Actor, anonymous } from './authenticate';
import { apiHeaders, isSecure, type Site, transportSecurity } from './site';

/** What is known of a request before and while it is answered. */
export interface RequestContext {
	id: string;
	readonly log: Log;
	/** Template of the route, for logs and metrics; `unmatched` until one takes it. */
	route: string;
	actor: Actor;
	/** Aborted when the client goes away. */
	signal: AbortSignal;
}

const contexts = new WeakMap<Request, RequestContext>();

export function contextOf(request: Request): RequestContext {
	const context = contexts.get(request);
	if (!context) throw new Error('the request came past requestContext()');
	return context;
}

/** Ids of others are taken over when they are short and plain, so that logs of both sides join. */
const saneId = /^[\w.:/-]{1,128}$/;

export interface RequestContextDependencies {
	log: Log;
	metrics: Metrics;
	clock: Clock;
	newId: NewId;
	site: Site;
}

/** Gives each request an id, a logger and security headers, and notes how it ended. */
export function requestContext(dependencies: RequestContextDependencies): RequestHandler {
	const { log, clock, newId, site } = dependencies;
	return (request, response, next) => {
		const startedAt = clock.now().getTime();
		const given = request.get('x-request-id');
		const id = given !== undefined && saneId.test(given) ? given : newId();
		const gone = new AbortController();
		let own: Log | undefined;
		const context: RequestContext = {
			id,
			// Made when somebody asks: most requests are noted in one line and no more.
			get log() {
				return (own ??= log.child({ requestId: id }));
			},
			route: 'unmatched',
			actor: anonymous,
			signal: gone.signal,
		};
		contexts.set(request, context);
		response.set({ 'X-Request-Id': id, ...apiHeaders });
		if (isSecure(site, request)) {
			response.set('Strict-Transport-Security', transportSecurity);
		}
		response.once('close', () => {
			if (!response.writableFinished) gone.abort(new Error('the client went away'));
			note(dependencies, request, response, clock.now().getTime() - startedAt);
		});
		next();
	};
}

function note(
	{ metrics, log }: RequestContextDependencies,
	request: Request,
	response: Response,
	ms: number,
): void {
	const { id, route, actor } = contextOf(request);
	// 499, as nginx has it: the client did not wait for the answer.
	const status = response.writableFinished ? response.statusCode : 499;
	metrics.httpRequestDuration.observe(
		{ method: request.method, route, status: String(status) },
		ms / 1000,
	);
	const facts = { requestId: id, method: request.method, route, status, ms, actor: actor.name };
	if (status >= 500) log.error(facts, 'request failed');
	else log.info(facts, 'request');
}
