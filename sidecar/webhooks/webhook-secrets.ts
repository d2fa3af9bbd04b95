import type { Sealing } from '../environments/sealing';
import { isOrchestrationError } from '../kernel/errors';
import type { Endpoint, EndpointStore } from './endpoint';
import type { Subscription, SubscriptionSecrets, SubscriptionStore } from './subscription';

const endpointPlace = (name: string) => `webhook-endpoint/${name}`;
const subscriptionPlace = ({ endpoint, name }: Pick<Subscription, 'endpoint' | 'name'>) =>
	`webhook-subscription/${endpoint}/${name}`;

export function sealEndpoint(sealing: Sealing, name: string, secrets: string[]): string {
	return sealing.seal(JSON.stringify(secrets), endpointPlace(name));
}

/** @throws secret_unreadable */
export function openEndpoint(
	sealing: Sealing,
	{ name, sealedSecrets, secretCount }: Pick<Endpoint, 'name' | 'sealedSecrets' | 'secretCount'>,
): string[] {
	if (secretCount === 0) return [];
	return JSON.parse(sealing.open(sealedSecrets, endpointPlace(name))) as string[];
}

export function sealSubscription(
	sealing: Sealing,
	subscription: Pick<Subscription, 'endpoint' | 'name'>,
	secrets: SubscriptionSecrets,
): string {
	return sealing.seal(JSON.stringify(secrets), subscriptionPlace(subscription));
}

/** @throws secret_unreadable */
export function openSubscription(
	sealing: Sealing,
	subscription: Pick<Subscription, 'endpoint' | 'name' | 'sealedSecrets'>,
): SubscriptionSecrets {
	const opened = sealing.open(subscription.sealedSecrets, subscriptionPlace(subscription));
	return JSON.parse(opened) as SubscriptionSecrets;
}

/**
 * Puts every box under the first key, as `resealEnvironments` does.
 * @returns what no key opens: its secrets have to be put again
 */
export async function resealWebhooks(
	stores: { endpoints: EndpointStore; subscriptions: SubscriptionStore },
	sealing: Sealing,
): Promise<string[]> {
	const unreadable: string[] = [];
	const fresh = (box: string, place: string): string | null => {
		if (box === '' || !sealing.isStale(box)) return null;
		try {
			return sealing.reseal(box, place);
		} catch (error) {
			if (!isOrchestrationError(error, 'secret_unreadable')) throw error;
			unreadable.push(place);
			return null;
		}
	};
	for (const endpoint of await stores.endpoints.list()) {
		const sealedSecrets = fresh(endpoint.sealedSecrets, endpointPlace(endpoint.name));
		if (sealedSecrets !== null) await stores.endpoints.put({ ...endpoint, sealedSecrets });
	}
	for (const subscription of await stores.subscriptions.list()) {
		const sealedSecrets = fresh(subscription.sealedSecrets, subscriptionPlace(subscription));
		if (sealedSecrets !== null) await stores.subscriptions.put({ ...subscription, sealedSecrets });
	}
	return unreadable;
}
