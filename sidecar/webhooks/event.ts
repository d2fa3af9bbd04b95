/** What is kept of one request, or of something that happened here. */
export interface NewEvent {
	id: string;
	endpoint: string;
	type: string;
	providerId: string | null;
	/** Another event of the endpoint with the same key is this one again, until `dedupUntil`. */
	dedupKey: string;
	dedupUntil: Date;
	orderingKey: string | null;
	subject: string | null;
	environment: string | null;
	method: string;
	query: string;
	headers: Record<string, string>;
	body: Buffer;
	receivedAt: Date;
	/** It is kept until then at least. */
	keepUntil: Date;
}

export interface EventSummary {
	id: string;
	/** Order of arrival. */
	position: number;
	endpoint: string;
	type: string;
	providerId: string | null;
	orderingKey: string | null;
	subject: string | null;
	environment: string | null;
	bytes: number;
	receivedAt: Date;
	routedAt: Date | null;
}

export type StoredEvent = EventSummary & Pick<NewEvent, 'method' | 'query' | 'headers' | 'body'>;

export interface EventFilter {
	endpoint?: string;
	type?: string;
	orderingKey?: string;
	/** What a system event is about. */
	subject?: string;
	from?: Date;
	to?: Date;
}

/** Port. Storage implements it. */
export interface EventStore {
	/** Durable when it resolves. An event that is there already answers with the id it has. */
	accept(event: NewEvent): Promise<{ id: string; duplicate: boolean }>;
	find(id: string): Promise<StoredEvent | null>;
	/** Newest first. */
	list(filter: EventFilter, page: { limit: number; after: number | null }): Promise<EventSummary[]>;
	/** Forgets ids whose window is over and removes settled events whose time is over. */
	prune(now: Date, limit: number): Promise<number>;
}
