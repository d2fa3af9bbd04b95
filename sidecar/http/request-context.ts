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
	/** The client went away before it was answered. */
	readonly isGone: boolean;
	/** Aborted when the client goes away. */
	readonly signal: AbortSignal;
}

/** On the request itself: a WeakMap costs the garbage collector dear at thousands a second. */
const place = Symbol('context');
type WithContext = Request & { [place]?: RequestContext };

export function contextOf(request: WithContext): RequestContext {
	const context = request[place];
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
	return (request: WithContext, response, next) => {
		const startedAt = clock.now().getTime();
		const given = request.headers['x-request-id'];
		const id = typeof given === 'string' && saneId.test(given) ? given : newId();
		let isGone = false;
		let ownGone: AbortController | undefined;
		let ownLog: Log | undefined;
		request[place] = {
			id,
			// Made when somebody asks: most requests are noted in one line and no more.
			get log() {
				return (ownLog ??= log.child({ requestId: id }));
			},
			route: 'unmatched',
			actor: anonymous,
			get isGone() {
				return isGone;
			},
			get signal() {
				ownGone ??= new AbortController();
				if (isGone) ownGone.abort(goneAway());
				return ownGone.signal;
			},
		};
		response.setHeader('X-Request-Id', id);
		for (const [name, value] of plainHeaders) response.setHeader(name, value);
		if (isSecure(site, request)) {
			response.setHeader('Strict-Transport-Security', transportSecurity);
		}
		response.once('close', () => {
			isGone = !response.writableFinished;
			if (isGone) ownGone?.abort(goneAway());
			note(dependencies, request, response, clock.now().getTime() - startedAt);
		});
		next();
	};
}

const goneAway = () => new Error('the client went away');

const plainHeaders = Object.entries(apiHeaders);

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
