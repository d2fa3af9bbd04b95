/** What a client of Temporal needs beside the address. */
export interface TemporalAccess {
	namespace: string;
	/** Where workflows run whose name says no other; null: each name says it. */
	taskQueue: string | null;
	/** Name on the server's certificate, where it is not that of the address. */
	serverName: string | null;
	/** PEM; which certificates to trust beside those of the system. */
	ca: string | null;
	/** PEM; shows who we are (mTLS). */
	clientCertificate: { certificate: string; key: string } | null;
}

/** How to reach one engine, secrets opened. */
export interface EngineConnection {
	environment: string;
	engine: 'n8n' | 'temporal';
	baseUrl: string;
	apiKey: string | null;
	oauth2: {
		tokenUrl: string;
		clientId: string;
		clientSecret: string;
		scopes: string[];
	} | null;
	/** Of an engine that is Temporal. */
	temporal?: TemporalAccess | null;
}

/** What an adapter must remember between starts (ids of what it installed, its secrets); sealed at rest. */
export interface EngineMemory {
	load(): Promise<Record<string, string> | null>;
	save(state: Record<string, string>): Promise<void>;
}
