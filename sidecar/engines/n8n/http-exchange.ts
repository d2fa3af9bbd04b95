import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import type { EngineConnection } from '../port/connection';
import { failureOfFetch } from './attempt-failure';
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
	allowedAddress?: (url: URL) => Promise<boolean>;
}

/** One request and its answer, with the keys it needs; no second thoughts. */
export class HttpExchange {
	private readonly token: OAuth2Token | null;

	constructor(private readonly options: HttpExchangeOptions) {
		const { environment, oauth2 } = options.connection;
		this.token =
			oauth2 === null
				? null
				: new OAuth2Token(`environment "${environment}"`, oauth2, options.clock);
	}

	/** @throws AttemptFailure when no answer comes */
	async send(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
		const bearer = await this.bearer();
		const response = await this.follow(request, bearer, signal);
		if (response.status !== 401 || bearer === undefined) return response;
		// A gateway may have dropped a token before its time; nothing ran, so ask once more.
		this.token?.forget(bearer);
		return await this.follow(request, await this.bearer(), signal);
	}

	private async bearer(): Promise<string | undefined> {
		const { oauth2 } = this.options.connection;
		if (this.token === null || oauth2 === null) return undefined;
		await this.refuseAddress(new URL(oauth2.tokenUrl));
		return await this.token.get();
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
			const location = response.headers.get('location');
			if (response.status < 300 || response.status > 399 || location === null) return response;
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
		await this.refuseAddress(url);
		const { apiKey } = this.options.connection;
		const withKey = apiKey !== null && request.withApiKey !== false;
		try {
			const response = await fetch(url, {
				method: request.method,
				headers: {
					accept: 'application/json',
					...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
					...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
					...(withKey ? { 'x-n8n-api-key': apiKey } : {}),
					...request.headers,
				},
				...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
				redirect: 'manual',
				signal,
			});
			const { status, headers } = response;
			const text = await response.text();
			// As n8n should have answered.
			return { status: isStillStarting({ status, text }) ? 503 : status, headers, text };
		} catch (error) {
			throw failureOfFetch(error, signal.aborted);
		}
	}

	private async refuseAddress(url: URL): Promise<void> {
		const { allowedAddress, connection } = this.options;
		if (allowedAddress === undefined || (await allowedAddress(url))) return;
		throw new OrchestrationError(
			'address_not_allowed',
			`requests to ${url.host} are not allowed; allow this private address in the ` +
				'configuration of the sidecar if it is yours',
			{ details: { environment: connection.environment, host: url.host } },
		);
	}

	private urlOf(request: TransportRequest): URL {
		const url = new URL(this.options.baseUrl + request.path);
		for (const [name, value] of Object.entries(request.query ?? {})) {
			if (value !== undefined) url.searchParams.set(name, String(value));
		}
		return url;
	}
}
