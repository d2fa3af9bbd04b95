import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import { HttpFailure, type AddressGuard } from '../../kernel/http-request';
import type { EngineConnection } from '../port/connection';
import { OAuth2Client, TokenRefusal } from './oauth2-client';

/** Tokens are renewed this long before they expire, so that none expires on its way. */
const renewEarlyMs = 30_000;
/** Lifetime taken when the token endpoint names none. */
const defaultLifetimeMs = 300_000;

/** Bearer token of the OAuth2 client-credentials grant. */
export class OAuth2Token {
	private readonly client: OAuth2Client;
	private cached: { value: string; renewAt: number } | null = null;
	private pending: Promise<string> | null = null;

	constructor(
		/** Whose client it is, in the words of a message: `environment "dev"`. */
		private readonly owner: string,
		private readonly oauth2: NonNullable<EngineConnection['oauth2']>,
		private readonly clock: Clock,
		addresses: AddressGuard | null,
	) {
		const { clientId, clientSecret, tokenUrl: accessTokenUri, scopes } = oauth2;
		this.client = new OAuth2Client(
			{ clientId, clientSecret, accessTokenUri, ...(scopes.length > 0 ? { scopes } : {}) },
			addresses,
		);
	}

	/**
	 * @throws engine_unauthorized when the client is refused, engine_unreachable when the endpoint is,
	 * address_not_allowed
	 */
	async get(): Promise<string> {
		if (this.cached !== null && this.clock.now().getTime() < this.cached.renewAt) {
			return this.cached.value;
		}
		// One request, however many calls wait for it.
		this.pending ??= this.fetch().finally(() => {
			this.pending = null;
		});
		return await this.pending;
	}

	/** Drops a token that the gateway refused, unless a newer one is already there. */
	forget(value: string): void {
		if (this.cached?.value === value) this.cached = null;
	}

	private async fetch(): Promise<string> {
		try {
			const token = await this.client.credentials.getToken();
			if (typeof token.accessToken !== 'string' || token.accessToken === '') {
				throw new OrchestrationError(
					'engine_bad_response',
					`expected an access_token from ${this.oauth2.tokenUrl}, got an answer without one`,
				);
			}
			const seconds = Number(token.data.expires_in);
			const lifetimeMs = seconds > 0 ? seconds * 1000 : defaultLifetimeMs;
			this.cached = {
				value: token.accessToken,
				renewAt: this.clock.now().getTime() + Math.max(lifetimeMs - renewEarlyMs, lifetimeMs / 2),
			};
			return token.accessToken;
		} catch (error) {
			throw this.refusal(error);
		}
	}

	private refusal(error: unknown): unknown {
		const { tokenUrl } = this.oauth2;
		const details = { owner: this.owner, tokenUrl };
		if (error instanceof TokenRefusal && error.status < 500) {
			return new OrchestrationError(
				'engine_unauthorized',
				`the token endpoint ${tokenUrl} gave no token to the OAuth2 client of ` +
					`${this.owner} (${error.message}); check clientId, clientSecret and scopes, ` +
					'then PUT it again',
				{ details: { ...details, status: error.status } },
			);
		}
		if (!(error instanceof TokenRefusal) && !(error instanceof HttpFailure)) return error;
		const { message: reason } = error;
		return new OrchestrationError(
			'engine_unreachable',
			`the token endpoint ${tokenUrl} of ${this.owner} did not answer ` +
				`(${reason}); check the address and that it can be reached from the sidecar`,
			{ details: { ...details, reason, sent: false } },
		);
	}
}
