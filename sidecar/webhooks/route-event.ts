import type { RouteEvent } from './delivery';
import type { EventSummary, StoredEvent } from './event';
import { type Filter, readFilter } from './filter';
import { lazyJson } from './json-place';
import type { Subscription } from './subscription';
import { fitsPattern } from './wildcards';

/** The subscriptions that want an event. */
export const routeEvent: RouteEvent = async (event, subscriptions, load) => {
	const candidates = subscriptions.filter((subscription) => wantsType(subscription, event));
	if (candidates.every(({ filter }) => filter === null)) return candidates;
	const stored = await load();
	const json = lazyJson(stored.body);
	return candidates.filter(({ filter }) => filter === null || wants(filter, stored, json));
};

function wantsType({ enabled, events, environment }: Subscription, event: EventSummary): boolean {
	return (
		enabled &&
		(environment === null || environment === event.environment) &&
		events.some((pattern) => fitsPattern(pattern, event.type))
	);
}

function wants(filter: string, event: StoredEvent, json: () => unknown): boolean {
	return known(filter)({
		type: event.type,
		key: event.orderingKey,
		subject: event.subject,
		environment: event.environment,
		headers: event.headers,
		query: Object.fromEntries(new URLSearchParams(event.query)),
		body: json(),
	});
}

const mostKnown = 1_000;
const read = new Map<string, Filter>();

/** A filter is read once: it was found right when it was put. */
function known(source: string): Filter {
	const found = read.get(source);
	if (found) return found;
	if (read.size >= mostKnown) read.clear();
	const filter = readFilter(source);
	read.set(source, filter);
	return filter;
}
