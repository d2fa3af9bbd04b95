import type { EngineConnection } from '../engines/port/connection';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import { openAccess, sealAccess } from './access';
import type { AddressRules } from './address-rules';
import {
	type AccessSecrets,
	type DeadLetterRules,
	defaultDeadLetterRules,
	type Environment,
	type Stage,
	type TemporalPlace,
	type TemporalTls,
	stageRanks,
} from './environment';
import type { EnvironmentStore } from './environment-store';
import { defaultProtection, type ProtectionRules } from './protection';
import type { Sealing } from './sealing';

export interface Registration {
	name: string;
	engine: EngineConnection['engine'];
	/** A trailing slash or /api/v1 is taken off. */
	baseUrl: string;
	/** Absent: what is kept stays. */
	apiKey?: string | undefined;
	/** Absent: what is kept stays. */
	oauth2?: EngineConnection['oauth2'] | undefined;
	/** Of an environment of Temporal. Absent, or what of it is absent: its default; certificates: what is kept stays. */
	temporal?: TemporalRegistration | undefined;
	stage: keyof typeof stageRanks | Stage;
	/** Rules: protected, and what is absent takes its default. */
	protected: boolean | Partial<ProtectionRules>;
	/** What is absent takes its default. */
	deadLetters: Partial<DeadLetterRules>;
}

export interface TemporalRegistration {
	/** Default `default`. */
	namespace?: string | undefined;
	/** Default: none, each workflow names its own. */
	taskQueue?: string | undefined;
	tls?:
		| {
				serverName?: string | undefined;
				/** PEM. */
				ca?: string | undefined;
				/** PEM, both or none. */
				certificate?: string | undefined;
				key?: string | undefined;
		  }
		| undefined;
}

export interface RegisterEnvironmentDependencies {
	store: EnvironmentStore;
	sealing: Sealing;
	addressRules: AddressRules;
	clock: Clock;
}

/**
 * Makes an instance known under a name, or changes what is known. Does not call the instance.
 * @throws invalid_request when there is no way to get in, address_not_allowed, secret_unreadable
 */
export async function registerEnvironment(
	{ store, sealing, addressRules, clock }: RegisterEnvironmentDependencies,
	registration: Registration,
): Promise<{ environment: Environment; created: boolean }> {
	const { name, engine, stage } = registration;
	const baseUrl = trimBaseUrl(registration.baseUrl);
	await addressRules.check(baseUrl);
	if (registration.oauth2) await addressRules.check(registration.oauth2.tokenUrl);

	const former = await store.find(name);
	const kept = former ? openFormer(sealing, former, registration) : null;
	const secrets = mergeSecrets(registration, kept);
	const { tls, ...place } = temporalIn(registration, former, kept?.tls ?? null);
	const access = { apiKey: secrets.apiKey !== null, oauth2: secrets.oauth2 !== null };
	if (engine === 'n8n' && !access.apiKey && !access.oauth2) throw noAccess(name);

	const now = clock.now();
	const environment = await store.put({
		name,
		engine,
		baseUrl,
		stage: typeof stage === 'number' ? stage : stageRanks[stage],
		protected: registration.protected !== false,
		protection: protectionIn(registration, former, now),
		deadLetters: { ...defaultDeadLetterRules, ...registration.deadLetters },
		...place,
		sealedAccess: sealAccess(sealing, name, tls ? { ...secrets, tls } : secrets),
		access,
		createdAt: former?.createdAt ?? now,
		updatedAt: now,
	});
	return { environment, created: former === null };
}

/** Promotes onward only what succeeds from when that was first asked for. */
function protectionIn(
	{ protected: given }: Registration,
	former: Environment | null,
	now: Date,
): ProtectionRules | null {
	if (typeof given === 'boolean') return null;
	const rules = { ...defaultProtection, ...given };
	const before = former?.protection;
	const same =
		[...rules.autoPromoteFrom].sort().join() === [...(before?.autoPromoteFrom ?? [])].sort().join();
	const since = same && before ? before.autoPromoteSince : now.toISOString();
	return { ...rules, autoPromoteSince: rules.autoPromoteFrom.length > 0 ? since : null };
}

/** A box nobody can open any more must not stand in the way of giving the access anew. */
function openFormer(
	sealing: Sealing,
	former: Environment,
	{ apiKey, oauth2 }: Registration,
): AccessSecrets | null {
	const keepsTls = former.temporal?.tls.ca || former.temporal?.tls.clientCertificate;
	const needed = (former.access.apiKey && !apiKey) || (former.access.oauth2 && !oauth2) || keepsTls;
	return needed ? openAccess(sealing, former) : null;
}

function mergeSecrets(
	{ apiKey, oauth2 }: Registration,
	former: AccessSecrets | null,
): AccessSecrets {
	return {
		apiKey: apiKey ?? former?.apiKey ?? null,
		oauth2: oauth2 ?? former?.oauth2 ?? null,
	};
}

function temporalIn(
	{ engine, temporal = {} }: Registration,
	former: Environment | null,
	kept: TemporalTls | null,
): { tls: TemporalTls | null; temporal?: TemporalPlace } {
	if (engine !== 'temporal') return { tls: null };
	const { namespace = 'default', taskQueue = null, tls: given = {} } = temporal;
	const { certificate, key, serverName } = given;
	const ca = given.ca ?? kept?.ca ?? null;
	const clientCertificate =
		certificate !== undefined && key !== undefined
			? { certificate, key }
			: (kept?.clientCertificate ?? null);
	const tls = { ca: ca !== null, clientCertificate: clientCertificate !== null };
	return {
		tls: ca === null && clientCertificate === null ? null : { ca, clientCertificate },
		temporal: {
			namespace,
			taskQueue,
			serverName: serverName ?? former?.temporal?.serverName ?? null,
			tls,
		},
	};
}

function trimBaseUrl(baseUrl: string): string {
	return baseUrl.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

function noAccess(name: string): OrchestrationError {
	return new OrchestrationError(
		'invalid_request',
		`Expected an apiKey or oauth2 for the new environment ${name}, got neither. In n8n make an API ` +
			'key under Settings → n8n API and send it as apiKey.',
		{
			details: {
				errors: [{ path: 'apiKey', message: 'expected an apiKey or oauth2, got neither' }],
			},
		},
	);
}
