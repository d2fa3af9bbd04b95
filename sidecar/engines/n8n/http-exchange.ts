import type { Clock } from '../../kernel/clock';
import { HttpFailure, sendHttp, type AddressGuard } from '../../kernel/http-request';
import type { EngineConnection } from '../port/connection';
import { AttemptFailure } from './attempt-failure';
import { OAuth2Token } from './oauth2-token';
import { isStillStarting } from './still-starting';
import { badResponse } from './transport-errors';
import type { TransportRequest, TransportResponse } from './transport-request';

const maxRedirects = 3;

export interface HttpExchangeOptions {
	connection: EngineConnection;
	/** Normalised. */
	baseUrl: string;
	clock: Clock;
	/** Default: every address may be called. */
	addresses?: AddressGuard | undefined;
}

/** One request and its answer, with the keys it needs; no second thoughts. */
export class HttpExchange {
	private readonly token: OAuth2Token | null;

	constructor(private readonly options: HttpExchangeOptions) {
		const { connection, clock, addresses = null } = options;
		const { environment, oauth2 } = connection;
		this.token =
			oauth2 && new OAuth2Token(`environment "${environment}"`, oauth2, clock, addresses);
	}

	/** @throws AttemptFailure when no answer comes, address_not_allowed */
	async send(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
		const bearer = await this.token?.get();
		const response = await this.follow(request, bearer, signal);
		if (response.status !== 401 || bearer === undefined) return response;
		// A gateway may have dropped a token before its time; nothing ran, so ask once more.
		this.token?.forget(bearer);
		return await this.follow(request, await this.token?.get(), signal);
	}

	/** Follows redirects within the instance; keys go nowhere else. */
	private async follow(
		request: TransportRequest,
		bearer: string | undefined,
		signal: AbortSignal,
	): Promise<TransportResponse> {
		let url = this.urlOf(request);
		for (let hops = 0; ; hops++) {
			const response = await this.fetch(request, url, bearer, signal);
			const { location } = response.headers;
			if (response.status < 300 || response.status > 399 || location === undefined) return response;
			const next = new URL(location, url);
			if (next.origin !== url.origin || request.method !== 'GET' || hops === maxRedirects) {
				throw badResponse(
					this.options.connection.environment,
					request,
					response.status,
					`a redirect to ${next.origin}${next.pathname}, which is not followed; PUT the ` +
						'environment with the address it leads to as baseUrl',
				);
			}
			url = next;
		}
	}

	private async fetch(
		request: TransportRequest,
		url: URL,
		bearer: string | undefined,
		signal: AbortSignal,
	): Promise<TransportResponse> {
		const { connection, addresses = null } = this.options;
		const { apiKey } = connection;
		const withKey = apiKey !== null && request.withApiKey !== false;
		try {
			const answer = await sendHttp(url, {
				method: request.method,
				headers: {
					accept: 'application/json',
					...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
					...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
					...(withKey ? { 'x-n8n-api-key': apiKey } : {}),
					...request.headers,
				},
				body: request.body === undefined ? null : JSON.stringify(request.body),
				signal,
				addresses,
			});
			// As n8n should have answered.
			return isStillStarting(answer) ? { ...answer, status: 503 } : answer;
		} catch (error) {
			if (!(error instanceof HttpFailure)) throw error;
			throw new AttemptFailure({
				kind: signal.aborted ? 'timeout' : 'network',
				reason: signal.aborted ? 'timeout' : error.reason,
				sent: error.sent,
				cause: error,
			});
		}
	}

	private urlOf(request: TransportRequest): URL {
		const url = new URL(this.options.baseUrl + request.path);
		for (const [name, value] of Object.entries(request.query ?? {})) {
			if (value !== undefined) url.searchParams.set(name, String(value));
		}
		return url;
	}
}
