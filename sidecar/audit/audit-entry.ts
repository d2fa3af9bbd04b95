import { digestOf } from '../kernel/canonical-json';

/** ok: done; refused: a rule or the request said no; failed: it broke; unknown: the process died at it. */
export const auditOutcomes = ['ok', 'refused', 'failed', 'unknown'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** What somebody did, or tried to do. Never holds a secret. */
export interface AuditEvent {
	at: Date;
	/** Name of the token; `system:<job>` for what the sidecar does by itself. */
	actor: string;
	/** Method and route, `POST /api/v1/promotions/{id}/apply`; dotted words for automatic actions. */
	action: string;
	/** Id or key of what it was done to; null where there is none yet. */
	subject: string | null;
	environment: string | null;
	outcome: AuditOutcome;
	requestId: string | null;
	details: Record<string, unknown>;
}

/** One link of the chain. */
export interface AuditEntry extends AuditEvent {
	/** 1, 2, 3 … without a gap. */
	seq: number;
	/** Hash of the entry before. */
	previousHash: string;
	/** SHA-256 over the canonical JSON (RFC 8785) of all the other fields. */
	hash: string;
}

export interface ChainHead {
	/** 0: nothing was written yet. */
	seq: number;
	hash: string;
}

export const emptyChain: ChainHead = { seq: 0, hash: '0'.repeat(64) };

export function hashOf({ at, ...entry }: Omit<AuditEntry, 'hash'>): string {
	const { seq, actor, action, subject, environment, outcome, requestId, details, previousHash } =
		entry;
	return digestOf({
		seq,
		at: at.toISOString(),
		actor,
		action,
		subject,
		environment,
		outcome,
		requestId,
		details,
		previousHash,
	});
}

/** The events as the next links after `head`, in their order. */
export function linkAfter(head: ChainHead, events: readonly AuditEvent[]): AuditEntry[] {
	let { seq, hash: previousHash } = head;
	return events.map((event) => {
		seq += 1;
		// As it reads back: what JSON does not hold must not be hashed.
		const details = JSON.parse(JSON.stringify(event.details)) as Record<string, unknown>;
		const entry = { ...event, details, seq, previousHash };
		previousHash = hashOf(entry);
		return { ...entry, hash: previousHash };
	});
}
