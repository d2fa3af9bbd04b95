export type EngineKind = 'n8n' | 'temporal';

/** PUT /environments/{name} */
export interface EnvironmentInput {
	engine: EngineKind;
	/** Origin and path prefix of the instance, without /api/v1. */
	baseUrl: string;
	/** n8n public API key. */
	apiKey?: string;
	/** Client credentials for an instance behind a gateway; may stand beside the apiKey. */
	oauth2?: { tokenUrl: string; clientId: string; clientSecret: string; scopes?: string[] };
	/** Rank: promotions go from lower to higher. dev = 10, staging = 20, production = 30 by name, or any number. */
	stage: 'dev' | 'staging' | 'production' | number;
	/** A protected environment takes changes only through promotions. Default false. */
	protected?: boolean;
	/** What happens to failed executions here. */
	deadLetters?: {
		/** Watch the environment's executions and keep what fails. Default true. */
		follow?: boolean;
		/** Replay failures that look transient by themselves. Default true. */
		autoReplay?: boolean;
		/** Attempts of automatic replay. Default 5. */
		maxAttempts?: number;
		/** Default 60 000. */
		baseDelayMs?: number;
		/** Default 3 600 000. */
		maxDelayMs?: number;
		/** Time to live. Default 86 400 (24 h). */
		ttlSeconds?: number;
	};
}

/** Never carries a secret back. */
export interface Environment {
	name: string;
	engine: EngineKind;
	baseUrl: string;
	stage: number;
	protected: boolean;
	access: { apiKey: boolean; oauth2: boolean };
	deadLetters: {
		follow: boolean;
		autoReplay: boolean;
		maxAttempts: number;
		baseDelayMs: number;
		maxDelayMs: number;
		ttlSeconds: number;
	};
	createdAt: string;
	updatedAt: string;
}

export interface EnvironmentCheck {
	environment: string;
	reachable: boolean;
	ok: boolean;
	version: string | null;
	findings: Array<{ name: string; ok: boolean; message: string }>;
}

/** GET /environments/{env}/workflows */
export interface EnvironmentWorkflow {
	id: string;
	name: string;
	active: boolean;
	archived: boolean;
	updatedAt: string;
	tags: string[];
	/** Stable key across environments; null until the workflow has a version or a promotion. */
	workflowKey: string | null;
}
