import type { Sealing } from '../environments/sealing';
import type { Clock } from '../kernel/clock';
import type { Endpoint, EndpointStore } from './endpoint';
import { openEndpoint } from './webhook-secrets';

/** An endpoint with its secrets; lives only in memory. */
export interface OpenEndpoint extends Endpoint {
	secrets: string[];
}

/** What we know is asked for anew after this long: another replica may have changed it. */
const knownForMs = 1_000;
/** More names are forgotten; most of them were of no endpoint. */
const mostKnown = 10_000;

export interface KnownEndpoints {
	/** Null when there is none. @throws secret_unreadable */
	find(name: string): Promise<OpenEndpoint | null>;
	/** It was changed here. */
	forget(name: string): void;
}

/** Looks endpoints up without a query for each event. */
export function knownEndpoints(
	endpoints: Pick<EndpointStore, 'find'>,
	sealing: Sealing,
	clock: Clock,
): KnownEndpoints {
	const known = new Map<string, { until: number; endpoint: Promise<OpenEndpoint | null> }>();
	const look = async (name: string): Promise<OpenEndpoint | null> => {
		const endpoint = await endpoints.find(name);
		return endpoint && { ...endpoint, secrets: openEndpoint(sealing, endpoint) };
	};
	return {
		find: async (name) => {
			const now = clock.now().getTime();
			const recent = known.get(name);
			if (recent && now < recent.until) return await recent.endpoint;
			if (known.size >= mostKnown) known.clear();
			const endpoint = look(name);
			known.set(name, { until: now + knownForMs, endpoint });
			endpoint.catch(() => known.delete(name));
			return await endpoint;
		},
		forget: (name) => {
			known.delete(name);
		},
	};
}
