export const signatureSchemes = [
	'standard-webhooks',
	'stripe',
	'github',
	'slack',
	'shopify',
	'hmac',
	'ed25519',
	'none',
] as const;
export type SignatureScheme = (typeof signatureSchemes)[number];

export type EventSource = { header: string } | { path: string };

/** How a scheme of one's own signs; others have theirs fixed. */
export interface SignatureFormat {
	/** Null: that of the scheme. */
	header: string | null;
	algorithm: 'sha1' | 'sha256' | 'sha512';
	encoding: 'hex' | 'base64';
	prefix: string;
	/** Null: only the body is signed. */
	timestampHeader: string | null;
	separator: string;
}

export const intakeMethods = ['GET', 'POST', 'PUT'] as const;
export type IntakeMethod = (typeof intakeMethods)[number];

/** A public path that takes events in. */
export interface Endpoint {
	name: string;
	scheme: SignatureScheme;
	/** Null: the scheme has its own. */
	format: SignatureFormat | null;
	toleranceSeconds: number;
	eventId: EventSource | null;
	eventType: EventSource | null;
	orderingKey: EventSource | null;
	dedupWindowSeconds: number;
	maxBytes: number;
	methods: IntakeMethod[];
	enabled: boolean;
	ttlSeconds: number;
	/** Box around the JSON of the secrets. */
	sealedSecrets: string;
	secretCount: number;
	createdAt: Date;
	updatedAt: Date;
}

/** Port. Storage implements it. */
export interface EndpointStore {
	/** Creates or replaces; createdAt of an existing one stays. */
	put(endpoint: Endpoint): Promise<Endpoint>;
	find(name: string): Promise<Endpoint | null>;
	/** By name. */
	list(): Promise<Endpoint[]>;
	/** With its subscriptions; what was not delivered yet is discarded. */
	remove(name: string): Promise<boolean>;
}
