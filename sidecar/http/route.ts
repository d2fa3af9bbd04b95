import type { z } from 'zod';
import type { ErrorCode } from '../kernel/errors';
import type { Log } from '../monitoring/log';
import type { Actor, RouteRole } from './authenticate';
import { validate } from './validation';

/**
 * A route is data. The router, the documentation and the checks before the handler are made from it.
 *
 *     export const getVersion = (store: VersionStore) =>
 *         defineRoute({
 *             method: 'get',
 *             path: '/api/v1/versions/{id}',
 *             summary: 'One version',
 *             role: ['viewer', 'node'],        // viewer and above, and node tokens
 *             environment: 'handler',          // see `environment` below
 *             params: z.strictObject({ id: z.string() }),
 *             responses: { 200: versionSchema },
 *             errors: ['version_not_found'],   // only for the documentation
 *             examples: { params: { id: '0198…' }, response: exampleVersion },
 *         }).handledBy(async ({ params, actor }) => {
 *             const version = await readVersion(store, params.id);   // throws OrchestrationError
 *             requireEnvironment(actor, version.environment);
 *             return { status: 200, body: toWire(version) };
 *         });
 *
 * Before the handler runs: the token is known (401), its role is let in (403), the body is JSON of a
 * fair size, path, query and body fit their schemas (400), the environment is the token's (403), and
 * on a POST the Idempotency-Key is claimed. Use strict objects for query and body, so that a
 * misspelt field is told. What the handler throws becomes a problem by `statusOf` in problem.ts.
 *
 * A response is declared as a schema (JSON), `null` (no body), `text(mediaType)` or
 * `serverSentEvents(schema)`; the type of the handler's answer follows from it.
 */
export interface RouteSpec<
	Params extends z.ZodType,
	Query extends z.ZodType,
	Body extends z.ZodType,
	Responses extends ResponseSpecs,
> {
	method: Method;
	/** Parameters in braces: `/api/v1/versions/{id}`. */
	path: string;
	summary: string;
	description?: string;
	role: RouteRole | RouteRole[];
	/**
	 * What a token for one environment only may reach. A function names the environment the request
	 * concerns (undefined: none named, the handler takes `actor.environment`); `handler`: the handler
	 * sees to it, with `requireEnvironment` or by filtering. Absent: tokens for one environment are
	 * kept out.
	 */
	environment?:
		| 'handler'
		| ((request: {
				params: z.output<Params>;
				query: z.output<Query>;
				body: z.output<Body>;
		  }) => string | null | undefined);
	params?: Params;
	query?: Query;
	body?: Body;
	responses: Responses;
	/** Codes of the room that this can end in, beside those any route can. */
	errors?: ErrorCode[];
	/** The handler reads the body itself, as bytes, with `raw`. For public routes. Default false. */
	rawBody?: boolean;
	/** The answer carries a secret: what is kept for its Idempotency-Key is sealed. Default false. */
	secretAnswer?: boolean;
	/** Shown in the documentation and held against the schemas by a test. */
	examples?: {
		params?: z.input<Params>;
		query?: z.input<Query>;
		body?: z.input<Body>;
		/** Of the first declared response. */
		response?: unknown;
	};
}

/** The work itself, typed by the description it stands behind. */
export type Handler<Params, Query, Body, Answer> = (
	request: RouteRequest<Params, Query, Body>,
) => Promise<Answer>;

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface RouteRequest<Params, Query, Body> {
	params: Params;
	query: Query;
	body: Body;
	actor: Actor;
	/** Carries the request id. */
	log: Log;
	requestId: string;
	/** Where an event stream is to go on: the Last-Event-ID header. Null: from the start. */
	lastEventId: string | null;
	/** Aborted when the client goes away; for event streams also when the server stops. */
	signal: AbortSignal;
	raw: RawRequest;
	/** Adds facts to what the audit log says of this request; never a secret. */
	note(facts: Record<string, unknown>): void;
}

/** The request as it came, for who verifies its bytes. */
export interface RawRequest {
	method: string;
	/** Without the question mark. */
	query: string;
	/** Names in lower case; what came twice is joined with commas. */
	headers: Record<string, string>;
	/** Of the client, or of a proxy that is not trusted. */
	address: string;
	/** Came over https, as far as can be known. */
	secure: boolean;
	/** @throws body_too_large, invalid_request, unsupported_media_type */
	read(limitBytes: number): Promise<Buffer>;
}

export interface TextSpec {
	text: string;
}
export interface EventsSpec<Data extends z.ZodType = z.ZodType> {
	events: Data;
}
export type ResponseSpec = z.ZodType | null | TextSpec | EventsSpec;
export type ResponseSpecs = Record<number, ResponseSpec>;

export interface ServerSentEvent<Data> {
	/** Comes back as Last-Event-ID when the client connects again. */
	id?: string;
	/** Name of the event. Default `message`. */
	event?: string;
	/** Sent as JSON. */
	data: Data;
}

type Headers = Record<string, string | string[]>;

type ReplyOf<Status, Spec> = Spec extends null
	? { status: Status; headers?: Headers }
	: Spec extends z.ZodType
		? { status: Status; body: z.input<Spec>; headers?: Headers }
		: Spec extends EventsSpec<infer Data>
			? {
					status: Status;
					events: AsyncIterable<ServerSentEvent<z.input<Data>>>;
					headers?: Headers;
				}
			: { status: Status; text: string; headers?: Headers };

/** One of the declared responses. */
export type Reply<Responses extends ResponseSpecs> = {
	[Status in keyof Responses & number]: ReplyOf<Status, Responses[Status]>;
}[keyof Responses & number];

export interface AnyReply {
	status: number;
	body?: unknown;
	text?: string;
	events?: AsyncIterable<ServerSentEvent<unknown>>;
	headers?: Headers;
}

/** A request that fits the schemas. */
export interface PreparedRequest {
	/** Undefined: the request names none. */
	environment: string | null | undefined;
	run(
		context: Omit<RouteRequest<unknown, unknown, unknown>, 'params' | 'query' | 'body'>,
	): Promise<AnyReply>;
}

/** A route whose types are closed over. */
export interface Route {
	method: Method;
	path: string;
	summary: string;
	description: string | null;
	roles: readonly RouteRole[];
	environment: 'closed' | 'handler' | 'named';
	schemas: { params?: z.ZodType; query?: z.ZodType; body?: z.ZodType };
	responses: ResponseSpecs;
	errors: readonly ErrorCode[];
	rawBody: boolean;
	secretAnswer: boolean;
	examples: { params?: unknown; query?: unknown; body?: unknown; response?: unknown };
	/** @throws invalid_request */
	prepare(request: { params: unknown; query: unknown; body: unknown }): PreparedRequest;
}

export function text(mediaType: string): TextSpec {
	return { text: mediaType };
}

export function serverSentEvents<Data extends z.ZodType>(data: Data): EventsSpec<Data> {
	return { events: data };
}

export function defineRoute<
	const Responses extends ResponseSpecs,
	Params extends z.ZodType = z.ZodUndefined,
	Query extends z.ZodType = z.ZodUndefined,
	Body extends z.ZodType = z.ZodUndefined,
>(
	spec: RouteSpec<Params, Query, Body, Responses>,
): {
	handledBy(
		handler: Handler<z.output<Params>, z.output<Query>, z.output<Body>, Reply<Responses>>,
	): Route;
} {
	return { handledBy: (handler) => close(spec, handler) };
}

function close<
	Params extends z.ZodType,
	Query extends z.ZodType,
	Body extends z.ZodType,
	Responses extends ResponseSpecs,
>(
	spec: RouteSpec<Params, Query, Body, Responses>,
	handler: Handler<z.output<Params>, z.output<Query>, z.output<Body>, Reply<Responses>>,
): Route {
	const { params, query, body, environment } = spec;
	return {
		method: spec.method,
		path: spec.path,
		summary: spec.summary,
		description: spec.description ?? null,
		roles: Array.isArray(spec.role) ? spec.role : [spec.role],
		environment: typeof environment === 'function' ? 'named' : (environment ?? 'closed'),
		schemas: { ...(params && { params }), ...(query && { query }), ...(body && { body }) },
		responses: spec.responses,
		errors: spec.errors ?? [],
		rawBody: spec.rawBody ?? false,
		secretAnswer: spec.secretAnswer ?? false,
		examples: spec.examples ?? {},
		prepare: (raw) => {
			const request = {
				params: fit(params, raw.params, 'path'),
				query: fit(query, raw.query, 'query'),
				body: fit(body, raw.body, 'body'),
			};
			return {
				environment: typeof environment === 'function' ? environment(request) : undefined,
				// Not spread: that would ask for what is made only when asked for.
				run: async (context) => await handler(Object.assign(context, request)),
			};
		},
	};
}

/** Where no schema is declared the type says `undefined`, and so does the value. */
function fit<S extends z.ZodType>(
	schema: S | undefined,
	value: unknown,
	part: string,
): z.output<S> {
	return (schema ? validate(schema, value, part) : undefined) as z.output<S>;
}
