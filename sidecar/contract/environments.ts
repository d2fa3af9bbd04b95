export type EngineKind = 'n8n' | 'temporal';

/** PUT /environments/{name} */
export interface EnvironmentInput {
	engine: EngineKind;
	/** Origin and path prefix of the instance, without /api/v1; of Temporal http(s)://host:port. */
	baseUrl: string;
	/** n8n public API key, or API key of Temporal Cloud. */
	apiKey?: string;
	/** Client credentials for an instance behind a gateway; may stand beside the apiKey. */
	oauth2?: { tokenUrl: string; clientId: string; clientSecret: string; scopes?: string[] };
	/** Where engine is temporal. */
	temporal?: {
		/** Default `default`. */
		namespace?: string;
		/** Where the workers of workflows poll that are named without a queue. */
		taskQueue?: string;
		/** PEM texts; TLS itself is on where baseUrl begins with https. */
		tls?: { serverName?: string; ca?: string; certificate?: string; key?: string };
	};
	/** Rank: promotions go from lower to higher. dev = 10, staging = 20, production = 30 by name, or any number. */
	stage: 'dev' | 'staging' | 'production' | number;
	/** A protected environment takes changes only through promotions. Default false. Rules: protected, by these. */
	protected?: boolean | ProtectionInput;
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
	/** The rules, where some were given. */
	protected: boolean | Protection;
	access: { apiKey: boolean; oauth2: boolean };
	/** Where engine is temporal. */
	temporal?: {
		namespace: string;
		taskQueue: string | null;
		/** Whether certificates are kept. */
		tls: { serverName: string | null; ca: boolean; clientCertificate: boolean };
	};
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

/** Token names, or roles; who fits either is meant. */
export interface Who {
	names?: string[];
	roles?: Array<'operator' | 'admin' | 'node'>;
}

/** A time in which nothing is promoted. */
export interface Freeze {
	name: string;
	/** IANA name. */
	timezone: string;
	/** Wall clock there, YYYY-MM-DDTHH:mm; with until. */
	from?: string;
	until?: string;
	/** Five fields, as node-cron takes them; with durationMinutes (at most seven days). */
	cron?: string;
	durationMinutes?: number;
}

/** Rules of a protected environment; what is left out takes its default. */
export interface ProtectionInput {
	/** Who may apply. Default null: any operator, admin or node token. */
	promoters?: Who | null;
	/** How many. Default 0. */
	approvals?: number;
	/** Whose approval counts. Default null: any operator's or admin's. */
	approvers?: Who | null;
	/** Default false. */
	authorMayApprove?: boolean;
	freezes?: Freeze[];
	/** What comes here has to run there, by promotion, and its soak to be over. Default null. */
	verifiedIn?: { environments: string[]; mode: 'any' | 'all' } | null;
	/** How long what was promoted here is watched. Default 0: not at all. */
	soakSeconds?: number;
	/** Default false. */
	rollBackOnRegression?: boolean;
	/** What succeeds and soaks in one of these comes here by itself. Default none. */
	autoPromoteFrom?: string[];
	watch?: {
		/** Chance of a false alarm over the whole soak. Default 0.01. */
		alpha?: number;
		/** Chance to call a change of the size stated healthy. Default 0.05. */
		beta?: number;
		/** Default 2. */
		failureFactor?: number;
		/** Default 1.5. */
		durationFactor?: number;
	};
	/** What belongs to the environment and stays as it is there. */
	owned?: {
		/** Rules of Schedule Triggers. Default false. */
		schedules?: boolean;
		/** Names of workflow settings. */
		settings?: string[];
		/** Node name (or *) and path below parameters. */
		parameters?: Array<{ node: string; path: string }>;
	};
}

export interface Protection {
	promoters: { names: string[]; roles: Array<'operator' | 'admin' | 'node'> } | null;
	approvals: number;
	approvers: { names: string[]; roles: Array<'operator' | 'admin' | 'node'> } | null;
	authorMayApprove: boolean;
	freezes: Freeze[];
	verifiedIn: { environments: string[]; mode: 'any' | 'all' } | null;
	soakSeconds: number;
	rollBackOnRegression: boolean;
	autoPromoteFrom: string[];
	watch: { alpha: number; beta: number; failureFactor: number; durationFactor: number };
	owned: {
		schedules: boolean;
		settings: string[];
		parameters: Array<{ node: string; path: string }>;
	};
}
