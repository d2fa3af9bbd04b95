import type { AuditEntry, AuditEvent, AuditOutcome, ChainHead } from './audit-entry';

export interface AuditFilter {
	actor?: string;
	action?: string;
	subject?: string;
	environment?: string;
	outcome?: AuditOutcome;
	/** From this moment on. */
	since?: Date;
	/** Before this moment. */
	until?: Date;
}

/** Port of the audit log. Storage implements it; nothing in it changes or deletes an entry. */
export interface AuditStore {
	/** Notes what is about to be done, outside the chain. */
	intend(id: string, event: AuditEvent): Promise<void>;
	/** Adds to the chain, and takes the intent away in the same transaction. */
	append(event: AuditEvent, intent?: string): Promise<void>;
	/** Adds intents noted before that moment to the chain, as of unknown outcome. @returns how many */
	recover(before: Date): Promise<number>;
	/** Newest first. */
	list(
		filter: AuditFilter,
		page: { limit: number; beforeSeq: number | null },
	): Promise<AuditEntry[]>;
	/** In order, from the entry after `seq`. */
	readAfter(seq: number, limit: number): Promise<AuditEntry[]>;
	head(): Promise<ChainHead>;
}
