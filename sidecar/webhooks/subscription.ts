export type Target =
	| {
			kind: 'workflow';
			environment: string;
			/** Of its webhook; null: started by its id. */
			path: string | null;
			workflowId: string | null;
	  }
	| {
			kind: 'url';
			url: string;
			headerNames: string[];
			oauth2: { tokenUrl: string; clientId: string; scopes: string[] } | null;
	  };

export interface RetryPolicy {
	/** In all. */
	maxAttempts: number;
	baseDelayMs: number;
	maxDelayMs: number;
}

/** Lives in the clear only in memory. */
export interface SubscriptionSecrets {
	secret: string | null;
	headers: Record<string, string>;
	clientSecret: string | null;
}

/** Who wants which events of an endpoint. */
export interface Subscription {
	id: string;
	endpoint: string;
	name: string;
	/** Patterns of types, see wildcards.ts. */
	events: string[];
	/** See filter.ts. */
	filter: string | null;
	/** Null: of all. */
	environment: string | null;
	target: Target;
	/** Box around the JSON of SubscriptionSecrets. */
	sealedSecrets: string;
	ordered: boolean;
	concurrency: number;
	timeoutMs: number;
	retry: RetryPolicy;
	paused: boolean;
	enabled: boolean;
	createdAt: Date;
	updatedAt: Date;
}

/** Port. Storage implements it. */
export interface SubscriptionStore {
	/**
	 * Creates or replaces; id and createdAt of an existing one stay.
	 * @throws webhook_endpoint_not_found
	 */
	put(subscription: Subscription): Promise<Subscription>;
	find(endpoint: string, name: string): Promise<Subscription | null>;
	/** By name. Of all endpoints when none is named. */
	list(endpoint?: string): Promise<Subscription[]>;
	/** What it was not given yet is discarded. */
	remove(endpoint: string, name: string): Promise<boolean>;
}
