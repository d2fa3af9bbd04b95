import { randomBytes } from 'node:crypto';
import type { AddressRules } from '../environments/address-rules';
import type { Environment } from '../environments/environment';
import type { Sealing } from '../environments/sealing';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { NewId } from '../kernel/ids';
import { readFilter } from './filter';
import { standardWebhooks } from './signatures/standard-webhooks';
import type {
	RetryPolicy,
	Subscription,
	SubscriptionSecrets,
	SubscriptionStore,
	Target,
} from './subscription';
import { openSubscription, sealSubscription } from './webhook-secrets';

export interface SubscriptionPorts {
	subscriptions: SubscriptionStore;
	/** All that are registered. */
	environments(): Promise<Environment[]>;
	addressRules: Pick<AddressRules, 'check'>;
	sealing: Sealing;
	clock: Clock;
	newId: NewId;
	/** What waited for it may go now. */
	nudge(): void;
}

export type TargetRequest =
	| { environment: string; path?: string | undefined; workflowId?: string | undefined }
	| {
			url: string;
			headers?: Record<string, string> | undefined;
			oauth2?:
				| {
						tokenUrl: string;
						clientId: string;
						clientSecret: string;
						scopes?: string[] | undefined;
				  }
				| undefined;
	  };

export interface SubscriptionRequest {
	endpoint: string;
	name: string;
	events: string[];
	filter: string | null;
	environment: string | null;
	target: TargetRequest;
	secret: string | null;
	ordered: boolean;
	concurrency: number;
	timeoutMs: number;
	retry: RetryPolicy;
	paused: boolean;
	enabled: boolean;
}

/**
 * @returns the secret that was made, when none was given for a new address
 * @throws invalid_request, webhook_endpoint_not_found, environment_not_found, address_not_allowed, secret_unreadable
 */
export async function putSubscription(
	ports: SubscriptionPorts,
	request: SubscriptionRequest,
): Promise<{ subscription: Subscription; created: boolean; madeSecret: string | null }> {
	const { endpoint, name, target } = request;
	if (request.filter !== null) readFilter(request.filter);
	await checkTarget(ports, target);
	const former = await ports.subscriptions.find(endpoint, name);
	const now = ports.clock.now();
	const id = former?.id ?? ports.newId();
	const kept =
		former && request.secret === null ? openSubscription(ports.sealing, former).secret : null;
	const given = request.secret ?? kept;
	const expected = given === null ? null : standardWebhooks.wrongSecret(given);
	if (expected !== null) {
		throw new OrchestrationError(
			'invalid_request',
			`The body is not right. secret: expected ${expected}.`,
			{
				details: { errors: [{ path: 'secret', message: `expected ${expected}` }] },
			},
		);
	}
	const made = given === null && 'url' in target ? newSecret() : null;
	const secrets: SubscriptionSecrets = {
		secret: given ?? made,
		headers: 'url' in target ? (target.headers ?? {}) : {},
		clientSecret: 'url' in target ? (target.oauth2?.clientSecret ?? null) : null,
	};
	const { secret: _secret, ...rest } = request;
	const subscription = await ports.subscriptions.put({
		...rest,
		id,
		target: shown(target),
		sealedSecrets: sealSubscription(ports.sealing, request, secrets),
		createdAt: former?.createdAt ?? now,
		updatedAt: now,
	});
	ports.nudge();
	return { subscription, created: former === null, madeSecret: made };
}

/** The environment whose n8n takes webhooks at this address. */
export function environmentAt(
	url: string,
	environments: readonly Environment[],
): Environment | null {
	const path = URL.parse(url)?.href ?? '';
	const found = environments.find(({ baseUrl }) => {
		const base = URL.parse(baseUrl)?.href.replace(/\/+$/, '');
		return (
			base !== undefined &&
			(path.startsWith(`${base}/webhook/`) || path.startsWith(`${base}/webhook-test/`))
		);
	});
	return found ?? null;
}

async function checkTarget(ports: SubscriptionPorts, target: TargetRequest): Promise<void> {
	if ('environment' in target) {
		const environments = await ports.environments();
		if (environments.some(({ name }) => name === target.environment)) return;
		throw new OrchestrationError(
			'environment_not_found',
			`There is no environment ${target.environment}. GET /api/v1/environments lists them; PUT /api/v1/environments/${target.environment} makes one.`,
			{ details: { environment: target.environment } },
		);
	}
	await ports.addressRules.check(target.url);
	if (target.oauth2) await ports.addressRules.check(target.oauth2.tokenUrl);
}

function shown(target: TargetRequest): Target {
	if ('environment' in target) {
		const { environment, path = null, workflowId = null } = target;
		return { kind: 'workflow', environment, path, workflowId };
	}
	const { url, headers = {}, oauth2 } = target;
	return {
		kind: 'url',
		url,
		headerNames: Object.keys(headers),
		oauth2: oauth2
			? { tokenUrl: oauth2.tokenUrl, clientId: oauth2.clientId, scopes: oauth2.scopes ?? [] }
			: null,
	};
}

export function newSecret(): string {
	return `whsec_${randomBytes(24).toString('base64')}`;
}

/** @throws webhook_subscription_not_found */
export async function findSubscription(
	{ subscriptions }: Pick<SubscriptionPorts, 'subscriptions'>,
	endpoint: string,
	name: string,
): Promise<Subscription> {
	const subscription = await subscriptions.find(endpoint, name);
	if (!subscription) throw subscriptionNotFound(endpoint, name);
	return subscription;
}

export function subscriptionNotFound(endpoint: string, name: string): OrchestrationError {
	return new OrchestrationError(
		'webhook_subscription_not_found',
		`There is no subscription ${name} of the endpoint ${endpoint}. GET /api/v1/webhooks/endpoints/${endpoint}/subscriptions lists them.`,
		{ details: { endpoint, subscription: name } },
	);
}
