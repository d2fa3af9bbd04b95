import { OrchestrationError } from '../../kernel/errors';
import { openSession } from '../open-session';
import type { OpenedSession, SessionPorts, SignInOrigin } from '../session-ports';
import { attempt } from '../sign-in-attempts';
import { type ProviderSettings, personNameOf, roleFor } from './provider';
import type { Journey, RelyingParty } from './relying-party';

export interface IdentityProvider {
	settings: ProviderSettings;
	party: RelyingParty;
}

export interface ProviderSignInPorts extends SessionPorts {
	providers: ReadonlyMap<string, IdentityProvider>;
	/** Keeps what the browser carries between the two visits from being read or made up. */
	sealing: {
		seal(secret: string, place: string): string;
		open(box: string, place: string): string;
	};
}

/** How long somebody may take at the provider. */
export const journeyMs = 10 * 60_000;

const place = 'session/oidc';

/** Sealed, so what opens is what we packed. */
interface Baggage extends Journey {
	provider: string;
	returnTo: string;
	until: number;
}

/**
 * @param returnTo path of the console to go on to
 * @returns where to send the browser, and what it has to bring back
 * @throws identity_provider_not_found, identity_provider_unreachable
 */
export async function beginSignIn(
	ports: ProviderSignInPorts,
	name: string,
	returnTo: string,
): Promise<{ url: string; baggage: string }> {
	const { party } = providerOf(ports, name);
	const { url, journey } = await party.begin();
	const until = ports.clock.now().getTime() + journeyMs;
	const baggage: Baggage = { provider: name, ...journey, returnTo, until };
	return { url, baggage: ports.sealing.seal(JSON.stringify(baggage), place) };
}

/**
 * @param query of the callback
 * @param baggage what the browser brought back; null: nothing
 * @throws sign_in_refused, sign_in_limited, environment_not_found, identity_provider_not_found,
 *   identity_provider_unreachable
 */
export async function finishSignIn(
	ports: ProviderSignInPorts,
	name: string,
	{ query, baggage, origin }: { query: string; baggage: string | null; origin: SignInOrigin },
): Promise<{ session: OpenedSession; returnTo: string }> {
	const { settings, party } = providerOf(ports, name);
	const action = 'GET /session/oidc/{name}/callback';
	return await attempt(ports, origin, action, async () => {
		const journey = unpacked(ports, name, baggage);
		const claims = await party.finish(query, journey);
		const person = personNameOf(name, claims);
		const rule = roleFor(settings, claims);
		if (rule === null) throw noRole(settings, person);
		const { role, environment } = rule;
		const session = await openSession(
			ports,
			{ tokenId: null, provider: name, subject: claims.sub, name: person, role, environment },
			origin.cookie,
		);
		return {
			result: { session, returnTo: journey.returnTo },
			actor: person,
			subject: session.id,
			environment,
			facts: { provider: name, providerSubject: claims.sub, role, sessionId: session.id },
		};
	});
}

function providerOf({ providers }: ProviderSignInPorts, name: string): IdentityProvider {
	const provider = providers.get(name);
	if (provider) return provider;
	throw new OrchestrationError(
		'identity_provider_not_found',
		`There is no identity provider ${name}. GET /session/providers lists them; ` +
			'ORCHESTRATION_OIDC_PROVIDERS names them.',
	);
}

function unpacked(
	{ sealing, clock }: ProviderSignInPorts,
	provider: string,
	baggage: string | null,
): Baggage {
	if (baggage === null) throw notBegun();
	let text: string;
	try {
		text = sealing.open(baggage, place);
	} catch (cause) {
		throw notBegun(cause);
	}
	const journey = JSON.parse(text) as Baggage;
	if (journey.provider !== provider) throw notBegun();
	if (journey.until > clock.now().getTime()) return journey;
	throw new OrchestrationError(
		'sign_in_refused',
		`Expected you back within ${journeyMs / 60_000} minutes, you came later. Sign in again.`,
		{ details: { reason: 'late' } },
	);
}

function notBegun(cause?: unknown): OrchestrationError {
	return new OrchestrationError(
		'sign_in_refused',
		'Expected a sign-in that this browser began, found none. Start it from the sign-in page, with ' +
			'cookies allowed.',
		{ details: { reason: 'state' }, cause },
	);
}

function noRole({ name, roleClaim }: ProviderSettings, who: string): OrchestrationError {
	return new OrchestrationError(
		'sign_in_refused',
		`${who} is known to ${name}, but nothing in the claim ${roleClaim} gives a role here. An admin ` +
			`adds one to ORCHESTRATION_OIDC_${name.toUpperCase().replaceAll('-', '_')}_ROLES.`,
		{ details: { reason: 'role', who } },
	);
}
