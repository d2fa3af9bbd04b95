/** GET /audit */
export interface AuditEntry {
	seq: number;
	at: string;
	/** Name of the token; `system:<job>` for what the sidecar does by itself. */
	actor: string;
	action: string;
	subject: string | null;
	environment: string | null;
	outcome: 'ok' | 'refused' | 'failed' | 'unknown';
	requestId: string | null;
	details: Record<string, unknown>;
	previousHash: string;
	/** SHA-256 over the canonical JSON (RFC 8785) of all the other fields. */
	hash: string;
}

/** GET /audit/verify */
export interface AuditProof {
	intact: boolean;
	/** Entries found in order. */
	entries: number;
	/** Note it somewhere else: it proves later that nothing up to it was written anew. */
	head: { seq: number; hash: string };
	/** The first thing that is not as it was written. */
	fault: { seq: number; kind: string; message: string } | null;
}
