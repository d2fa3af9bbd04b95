import { ClientOAuth2 } from '@n8n/client-oauth2';
import { timeout, TimeoutStrategy } from 'cockatiel';
import type { Clock } from '../../kernel/clock';
import { OrchestrationError } from '../../kernel/errors';
import type { EngineConnection } from '../port/connection';

/** Tokens are renewed this long before they expire, so that none expires on its way. */
const renewEarlyMs = 30_000;
/** Lifetime taken when the token endpoint names none. */
const defaultLifetimeMs = 300_000;
const tokenTimeoutMs = 30_000;

/** Bearer token of the OAuth2 client-credentials grant. */
export class OAuth2Token {
	private readonly client: ClientOAuth2;
	private cached: { value: string; renewAt: number } | null = null;
	private pending: Promise<string> | null = null;

	constructor(
		/** Whose client it is, in the words of a message: `environment "dev"`. */
		private readonly owner: string,
		private readonly oauth2: NonNullable<EngineConnection['oauth2']>,
		private readonly clock: Clock,
	) {
		this.client = new ClientOAuth2({
			clientId: oauth2.clientId,
			clientSecret: oauth2.clientSecret,
			accessTokenUri: oauth2.tokenUrl,
			...(oauth2.scopes.length > 0 ? { scopes: oauth2.scopes } : {}),
		});
	}

	/** @throws engine_unauthorized when the client is refused, engine_unreachable when the endpoint is */
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
			const token = await timeout(tokenTimeoutMs, TimeoutStrategy.Aggressive).execute(
				async () => await this.client.credentials.getToken(),
			);
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
			if (error instanceof OrchestrationError) throw error;
			throw this.refusal(error);
		}
	}

	// The error of the HTTP client holds the client secret, so it is not kept as the cause.
	private refusal(error: unknown): OrchestrationError {
		const { tokenUrl } = this.oauth2;
		const { code = 'unknown', message } = error as Partial<NodeJS.ErrnoException>;
		const details = { owner: this.owner, tokenUrl, reason: code };
		if (code === 'EAUTH' || code === 'ESTATUS') {
			return new OrchestrationError(
				'engine_unauthorized',
				`the token endpoint ${tokenUrl} gave no token to the OAuth2 client of ` +
					`${this.owner} (${message ?? 'no message'}); check clientId, clientSecret and scopes, ` +
					'then PUT it again',
				{ details },
			);
		}
		return new OrchestrationError(
			'engine_unreachable',
			`the token endpoint ${tokenUrl} of ${this.owner} did not answer ` +
				`(${code}); check the address and that it can be reached from the sidecar`,
			{ details: { ...details, sent: false } },
		);
	}
}
