import { BrokenCircuitError } from 'cockatiel';
import type { ZodType } from 'zod';
import type { Clock } from '../../kernel/clock';
import type { OrchestrationError } from '../../kernel/errors';
import type { AddressGuard } from '../../kernel/http-request';
import type { EngineConnection } from '../port/connection';
import { AttemptFailure } from './attempt-failure';
import { normalizeBaseUrl } from './base-url';
import { HttpExchange } from './http-exchange';
import { InstanceClock } from './instance-clock';
import { Resilience, type ResilienceOptions } from './resilience';
import { errorOfResponse } from './response-errors';
import { retryAfterMs } from '../../kernel/retry-after';
import { badResponse, circuitOpen, lost } from './transport-errors';
import type { TransportRequest, TransportResponse } from './transport-request';

export interface TransportOptions {
	connection: EngineConnection;
	clock: Clock;
	random: () => number;
	resilience?: ResilienceOptions;
	/** Default: every address may be called. */
	addresses?: AddressGuard | undefined;
}

/** Sending these twice does the same as sending them once. */
const repeatable = new Set(['GET', 'PUT', 'DELETE', 'OPTIONS']);

/** The way to an n8n instance: patience on the outside, one HTTP exchange at a time inside. */
export class N8nTransport {
	readonly environment: string;
	/** What the clock of the instance shows, as far as its answers have told. */
	readonly instanceClock = new InstanceClock();
	private readonly baseUrl: string;
	private readonly resilience: Resilience;
	private readonly exchange: HttpExchange;
	private readonly clock: Clock;
	private readonly secrets: string[];

	constructor(options: TransportOptions) {
		const { connection, clock, random, resilience = {}, addresses } = options;
		this.environment = connection.environment;
		this.clock = clock;
		this.baseUrl = normalizeBaseUrl(connection.baseUrl);
		this.resilience = new Resilience(resilience, clock, random);
		this.exchange = new HttpExchange({
			connection,
			baseUrl: this.baseUrl,
			clock,
			addresses,
		});
		this.secrets = [connection.apiKey, connection.oauth2?.clientSecret].filter(
			(secret): secret is string => typeof secret === 'string' && secret !== '',
		);
	}

	/** A 2xx answer. @throws engine_*, or the codes of `meaning` */
	async accepted(request: TransportRequest): Promise<TransportResponse> {
		const response = await this.send(request);
		if (response.status < 200 || response.status > 299) throw this.errorOf(request, response);
		return response;
	}

	/** A 2xx answer read by a schema. @throws as `accepted`, and engine_bad_response */
	async json<T>(request: TransportRequest, schema: ZodType<T>): Promise<T> {
		const { status, text } = await this.accepted(request);
		const unreadable = (got: string): OrchestrationError =>
			badResponse(this.environment, request, status, got);
		let body: unknown;
		try {
			body = JSON.parse(text);
		} catch {
			const got = text.trimStart().startsWith('<') ? 'an HTML page' : 'something else';
			throw unreadable(
				`${got}; does the base URL ${this.baseUrl} lead to n8n, and is its public API on?`,
			);
		}
		const read = schema.safeParse(body);
		if (read.success) return read.data;
		const [issue] = read.error.issues;
		throw unreadable(
			`JSON of another shape (at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}); ` +
				'is this version of n8n supported?',
		);
	}

	/**
	 * An answer of any status, after the retries that are safe.
	 * @throws engine_unreachable, engine_timeout, engine_circuit_open
	 */
	async send(request: TransportRequest): Promise<TransportResponse> {
		const mode =
			request.longRunning === true ? 'long' : repeatable.has(request.method) ? 'safe' : 'once';
		try {
			return await this.resilience.execute(
				mode,
				request.timeoutMs,
				async (signal) => await this.attempt(request, signal),
			);
		} catch (error) {
			if (error instanceof BrokenCircuitError) {
				throw circuitOpen(this.environment, request, this.resilience.retryAt);
			}
			if (!(error instanceof AttemptFailure)) throw error;
			if (error.response !== null) return error.response;
			throw lost(this.environment, request, error, {
				baseUrl: this.baseUrl,
				timeoutMs: request.timeoutMs ?? this.resilience.options.timeoutMs,
			});
		}
	}

	/** The error that an answer of `send` stands for. */
	errorOf(request: TransportRequest, response: TransportResponse): OrchestrationError {
		const facts = {
			environment: this.environment,
			method: request.method,
			path: request.path,
			secrets: this.secrets,
			now: this.clock.now(),
		};
		return errorOfResponse(response, facts, request.meaning ?? {});
	}

	private async attempt(
		request: TransportRequest,
		signal: AbortSignal,
	): Promise<TransportResponse> {
		const from = this.clock.now();
		const response = await this.exchange.send(request, signal);
		const { status, headers } = response;
		this.instanceClock.hear(headers.date, { from, to: this.clock.now() });
		if (status === 429 || (status >= 500 && request.mayFail !== true)) {
			throw new AttemptFailure({
				kind: 'status',
				reason: String(status),
				sent: true,
				response,
				retryAfterMs: retryAfterMs(headers['retry-after'], this.clock.now()),
			});
		}
		return response;
	}
}
