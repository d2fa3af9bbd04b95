import * as oidc from 'openid-client';
import { OrchestrationError, isOrchestrationError } from '../../kernel/errors';
import type { Clock } from '../../kernel/clock';
import { type Claims, type ProviderSettings, saysRole } from './provider';

/** What has to be remembered between sending somebody away and their coming back. */
export interface Journey {
	state: string;
	nonce: string;
	/** Of PKCE (RFC 7636). */
	verifier: string;
}

/** Our side of OpenID Connect with one provider. */
export interface RelyingParty {
	/** Where to send the browser. @throws identity_provider_unreachable */
	begin(): Promise<{ url: string; journey: Journey }>;
	/**
	 * Trades the code for claims that are proven: state, issuer, audience, nonce, times and signature.
	 * @param query of the callback, without the question mark
	 * @throws sign_in_refused, identity_provider_unreachable
	 */
	finish(query: string, journey: Journey): Promise<Claims & { sub: string }>;
}

export interface RelyingPartyPorts {
	/** Asked before each request: a name may lead elsewhere by now. */
	allowedAddress(url: URL): Promise<boolean>;
	clock: Clock;
	/** Registered at the provider. */
	redirectUri: string;
}

const patienceMs = 10_000;
/** What a provider says of itself is asked for again after this. */
const discoveredForMs = 3_600_000;

export function createRelyingParty(
	settings: ProviderSettings,
	{ allowedAddress, clock, redirectUri }: RelyingPartyPorts,
): RelyingParty {
	const request: oidc.CustomFetch = async (address, options) => {
		const url = new URL(address);
		if (!(await allowedAddress(url))) throw notAllowed(url);
		const signal = AbortSignal.timeout(patienceMs);
		try {
			return await fetch(url, { ...(options as RequestInit), signal });
		} catch (cause) {
			throw unreachable(settings, cause);
		}
	};
	let known: { configuration: Promise<oidc.Configuration>; until: number } | null = null;
	const discover = async (): Promise<oidc.Configuration> => {
		const now = clock.now().getTime();
		if (known === null || now >= known.until) {
			const configuration = discovery(settings, request).catch((error: unknown) => {
				throw ourCauseOf(error) ?? unreachable(settings, error);
			});
			known = { configuration, until: now + discoveredForMs };
			configuration.catch(() => {
				known = null;
			});
		}
		return await known.configuration;
	};
	return {
		begin: async () => {
			const journey = {
				state: oidc.randomState(),
				nonce: oidc.randomNonce(),
				verifier: oidc.randomPKCECodeVerifier(),
			};
			const configuration = await withReason(settings, discover);
			const url = oidc.buildAuthorizationUrl(configuration, {
				redirect_uri: redirectUri,
				scope: settings.scopes.join(' '),
				state: journey.state,
				nonce: journey.nonce,
				code_challenge: await oidc.calculatePKCECodeChallenge(journey.verifier),
				code_challenge_method: 'S256',
			});
			return { url: url.href, journey };
		},
		finish: async (query, journey) =>
			await withReason(settings, async () => {
				const configuration = await discover();
				const tokens = await oidc.authorizationCodeGrant(
					configuration,
					new URL(`${redirectUri}?${query}`),
					{
						expectedState: journey.state,
						expectedNonce: journey.nonce,
						pkceCodeVerifier: journey.verifier,
						idTokenExpected: true,
					},
				);
				const claims = tokens.claims();
				if (!claims) throw refused(settings, 'identity', 'it gave no ID token');
				if (saysRole(settings, claims) || !configuration.serverMetadata().userinfo_endpoint) {
					return claims;
				}
				// Many providers keep groups out of the ID token.
				const more = await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub);
				return { ...more, ...claims };
			}),
	};
}

async function discovery(
	{ issuer, clientId, clientSecret }: ProviderSettings,
	request: oidc.CustomFetch,
): Promise<oidc.Configuration> {
	const url = new URL(issuer);
	const configuration = await oidc.discovery(
		url,
		clientId,
		{},
		clientSecret === null ? oidc.None() : secretIn(clientSecret),
		{
			[oidc.customFetch]: request,
			execute: url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
		},
	);
	// The library leaves the signature to TLS otherwise.
	oidc.enableNonRepudiationChecks(configuration);
	return configuration;
}

/** In the header where the provider takes that, as OpenID Connect has it by default; else in the body. */
function secretIn(secret: string): oidc.ClientAuth {
	return (server, client, body, headers) => {
		const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
		const authenticate = methods.includes('client_secret_basic')
			? oidc.ClientSecretBasic(secret)
			: oidc.ClientSecretPost(secret);
		authenticate(server, client, body, headers);
	};
}

type Reason = 'provider' | 'code' | 'identity';

/** What the library throws, in our words. Its messages name no secret. */
async function withReason<T>(settings: ProviderSettings, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const ours = ourCauseOf(error);
		if (ours) throw ours;
		if (error instanceof oidc.AuthorizationResponseError) {
			throw refused(settings, 'provider', `it answered ${error.error}`, error);
		}
		if (error instanceof oidc.ResponseBodyError) {
			throw refused(settings, 'code', `it answered ${error.error}`, error);
		}
		if (error instanceof oidc.ClientError) {
			throw refused(settings, 'identity', `${error.message} (${error.code ?? 'no code'})`, error);
		}
		throw error;
	}
}

/** The library wraps what our own fetch throws. */
function ourCauseOf(error: unknown): OrchestrationError | null {
	for (let each = error; each instanceof Error; each = each.cause) {
		if (isOrchestrationError(each)) return each;
	}
	return null;
}

function refused(
	{ name }: ProviderSettings,
	reason: Reason,
	what: string,
	cause?: unknown,
): OrchestrationError {
	return new OrchestrationError(
		'sign_in_refused',
		`Expected ${name} to vouch for somebody, but ${what}. Sign in again from the start; if it stays, ` +
			`check the settings ORCHESTRATION_OIDC_${name.toUpperCase().replaceAll('-', '_')}_….`,
		{ details: { reason }, cause },
	);
}

function unreachable({ name, issuer }: ProviderSettings, cause: unknown): OrchestrationError {
	return new OrchestrationError(
		'identity_provider_unreachable',
		`The identity provider ${name} (${issuer}) did not answer as it should. Check the issuer and ` +
			'that the sidecar reaches it, or sign in with a token.',
		{ details: { provider: name }, cause },
	);
}

function notAllowed(url: URL): OrchestrationError {
	return new OrchestrationError(
		'address_not_allowed',
		`${url.host} leads to an address that may not be called. If it is meant, list it in ` +
			'ORCHESTRATION_ALLOWED_ADDRESSES and start again.',
		{ details: { hostname: url.hostname } },
	);
}
