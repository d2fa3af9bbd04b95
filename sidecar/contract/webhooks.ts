/** How a sender proves that a request is its own. */
export type SignatureScheme =
	'standard-webhooks' | 'stripe' | 'github' | 'slack' | 'shopify' | 'hmac' | 'ed25519' | 'none';

/** Where something is read from: a header, or a place in the JSON body such as `data.object.id`. */
export type EventSource = { header: string } | { path: string };

/** How a scheme of one's own signs; for `hmac` and `ed25519` only. */
export interface SignatureFormat {
	/** Carries the signature. Default: X-Signature; X-Signature-Ed25519 for ed25519. */
	header?: string;
	/** For hmac. Default sha256. */
	algorithm?: 'sha1' | 'sha256' | 'sha512';
	/** Default hex. */
	encoding?: 'hex' | 'base64';
	/** Stands before the signature, e.g. `sha256=`. Default none. */
	prefix?: string;
	/**
	 * The header with the time of signing in seconds since 1970. What is signed is the time, the
	 * separator and the body, and an old time is refused. Default: none, only the body is signed.
	 */
	timestampHeader?: string;
	/** Default none. */
	separator?: string;
}

/** PUT /webhooks/endpoints/{name} */
export interface EndpointInput {
	scheme: SignatureScheme;
	/**
	 * Any of them may have signed: add the new one, change the sender, take the old one away. Public
	 * keys for ed25519 (hex, base64 or PEM). Never shown again; absent: what is kept stays.
	 */
	secrets?: string[];
	signature?: SignatureFormat;
	/** How far the time of a signature may be from ours. Default 300. */
	toleranceSeconds?: number;
	/** Default: where the provider of the scheme has it. null: none, a body is its own id. */
	eventId?: EventSource | null;
	/** Default: where the provider of the scheme has it, else `type` in the body. null: `unknown`. */
	eventType?: EventSource | null;
	/** Events of one key are handed on in order to subscriptions that ask for it. Default none. */
	orderingKey?: EventSource | null;
	/** An event that comes again within it is the same one. Default 86 400, at least twice the tolerance. */
	dedupWindowSeconds?: number;
	/** Larger bodies are refused. Default 1 048 576. */
	maxBytes?: number;
	/** Default POST. */
	methods?: Array<'GET' | 'POST' | 'PUT'>;
	/** Default true. */
	enabled?: boolean;
	/** Events are kept for this long once everything about them is settled. Default 604 800 (7 days). */
	ttlSeconds?: number;
}

export interface Endpoint {
	name: string;
	/** Where to send to, below the root of the sidecar. null: takes nothing from outside. */
	path: string | null;
	scheme: SignatureScheme;
	/** How many are kept. */
	secrets: number;
	signature: SignatureFormat | null;
	toleranceSeconds: number;
	eventId: EventSource | null;
	eventType: EventSource | null;
	orderingKey: EventSource | null;
	dedupWindowSeconds: number;
	maxBytes: number;
	methods: Array<'GET' | 'POST' | 'PUT'>;
	enabled: boolean;
	ttlSeconds: number;
	createdAt: string;
	updatedAt: string;
}

/** POST /hooks/{endpoint} → 202. The same event sent again gets the same id. */
export interface AcceptedEvent {
	eventId: string;
}

/** Where deliveries go. */
export type SubscriptionTarget =
	| {
			/** A workflow of a registered environment: by the path of its webhook, or by its id. */
			environment: string;
			path?: string;
			workflowId?: string;
	  }
	| {
			/** An address outside, or a webhook of a registered n8n. Signed as Standard Webhooks says. */
			url: string;
			headers?: Record<string, string>;
			oauth2?: { tokenUrl: string; clientId: string; clientSecret: string; scopes?: string[] };
	  };

/** PUT /webhooks/endpoints/{endpoint}/subscriptions/{name} */
export interface SubscriptionInput {
	/** Types of events, `*` for any part: `invoice.*`, `*`. Default all. */
	events?: string[];
	/** Which of them, e.g. `body.amount >= 100 and body.currency == "eur"`. Default all. */
	filter?: string | null;
	/** Only events about this environment; for the endpoint `orchestration`. */
	environment?: string | null;
	target: SubscriptionTarget;
	/**
	 * Signs deliveries to an address: `whsec_` and base64, or any text from 16 characters. Never shown
	 * again. Absent: what is kept stays; with a new subscription one is made, and shown once.
	 */
	secret?: string;
	/** One after the other for each ordering key; a failing one holds its key up. Default false. */
	ordered?: boolean;
	/** Deliveries under way at once. Default 10. */
	concurrency?: number;
	/** For one attempt, in milliseconds. Default 15 000. */
	timeoutMs?: number;
	retry?: {
		/** Attempts in all. Default 20: about nine hours. */
		maxAttempts?: number;
		/** Default 1 000. */
		baseDelayMs?: number;
		/** Default 3 600 000. */
		maxDelayMs?: number;
	};
	/** Deliveries are kept and wait. Default false. */
	paused?: boolean;
	/** No deliveries are made. Default true. */
	enabled?: boolean;
}

export interface Subscription {
	id: string;
	endpoint: string;
	name: string;
	events: string[];
	filter: string | null;
	environment: string | null;
	/** Without secrets: of headers only the names, their values are `…`. */
	target:
		| { environment: string; path?: string; workflowId?: string }
		| {
				url: string;
				headers: Record<string, string>;
				oauth2: { tokenUrl: string; clientId: string; scopes: string[] } | null;
		  };
	ordered: boolean;
	concurrency: number;
	timeoutMs: number;
	retry: { maxAttempts: number; baseDelayMs: number; maxDelayMs: number };
	paused: boolean;
	enabled: boolean;
	createdAt: string;
	updatedAt: string;
}

/** Answer of the PUT. */
export interface PutSubscription extends Subscription {
	/** The secret that was made for it; null when it was given or is there already. */
	secret: string | null;
}

export interface WebhookEvent {
	id: string;
	endpoint: string;
	type: string;
	/** The sender's own id. */
	providerId: string | null;
	orderingKey: string | null;
	/** What a system event is about, e.g. a promotion. */
	subject: string | null;
	/** Of system events. */
	environment: string | null;
	bytes: number;
	receivedAt: string;
	/** When it was handed to its subscriptions; null: not yet. */
	routedAt: string | null;
}

/** GET /webhooks/events/{id} */
export interface WebhookEventDetail extends WebhookEvent {
	method: string;
	query: string;
	/** As they came, without Authorization and Cookie. */
	headers: Record<string, string>;
	/** As it came. */
	body: { encoding: 'utf8' | 'base64'; data: string };
	deliveries: Delivery[];
}

/** pending: waits for its (next) attempt. dead: every attempt failed. discarded: its subscription went. */
export type DeliveryState = 'pending' | 'delivering' | 'delivered' | 'dead' | 'discarded';

/** One for each event and subscription. */
export interface Delivery {
	id: string;
	eventId: string;
	eventType: string;
	endpoint: string;
	subscription: string;
	state: DeliveryState;
	orderingKey: string | null;
	/** Attempts made. */
	attempts: number;
	/** Of these and of those that lost their process: nobody knows whether the receiver took them. */
	inDoubt: number;
	/** null when there is none to come. */
	nextAttemptAt: string | null;
	/** Of the last attempt. */
	lastStatus: number | null;
	lastError: string | null;
	/** The dead letter that was kept of it. */
	letterId: string | null;
	createdAt: string;
	updatedAt: string;
}

/** GET /webhooks/deliveries/{id} */
export interface DeliveryDetail extends Delivery {
	/** Oldest first. */
	tries: Array<{
		number: number;
		startedAt: string;
		durationMs: number;
		status: number | null;
		error: string | null;
		/** What was answered, at most 2 000 characters. */
		answer: string | null;
	}>;
}

/** POST /webhooks/events/{id}/redeliver */
export interface RedeliverRequest {
	/** Only to this subscription. Default: to all that want it now. */
	subscription?: string;
}

/** POST /webhooks/redeliveries: a range */
export interface RedeliverRangeRequest extends RedeliverRequest {
	endpoint: string;
	/** Received at or after. */
	from: string;
	/** Received before. Default: now. */
	to?: string;
	/** Wildcards as in subscriptions. */
	events?: string[];
	/** Only deliveries in this state, or all the range. Default dead. */
	state?: 'dead' | 'delivered' | 'all';
}

export interface Redelivered {
	/** Deliveries that are pending again, or new. */
	deliveries: number;
}

/** The built-in endpoint `orchestration` tells what happens here; its events are these. */
export type SystemEventType =
	| 'dead_letter.created'
	| 'dead_letter.expired'
	| 'execution.finished'
	| 'circuit.opened'
	| 'circuit.closed'
	| 'circuit.half_opened'
	| 'promotion.finished'
	| 'promotion.regressed'
	| 'drift.found'
	| 'drift.gone'
	| 'alert.raised'
	| 'alert.resolved';

/** Body of a delivery of a system event. */
export interface SystemEventBody {
	type: SystemEventType;
	/** ISO date-time. */
	timestamp: string;
	/** What it is about: id of a letter or promotion, key of a circuit, name of an environment or rule. */
	subject: string;
	environment: string | null;
	data: Record<string, unknown>;
}
