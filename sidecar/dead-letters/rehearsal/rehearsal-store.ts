import type { LetterVerdict, RehearsalOrder, Rehearsal, RehearsedLetter } from './rehearsal';

/** Port of the rehearsals. Storage implements it; leases use the database's clock. */
export interface RehearsalStore {
	/** Keeps the order with the letters it selects, in one statement. @param workflowKey of the version */
	create(
		rehearsal: RehearsalOrder & {
			id: string;
			workflowKey: string;
			requestedBy: string;
			createdAt: Date;
		},
	): Promise<Rehearsal>;
	find(id: string): Promise<Rehearsal | null>;
	/** Newest first. */
	list(
		filter: { environment?: string },
		page: { limit: number; after: string | null },
	): Promise<Rehearsal[]>;
	/** Newest letter first. */
	lettersOf(id: string): Promise<RehearsedLetter[]>;
	/** Finishes those without a letter left, and gives the others. */
	running(now: Date): Promise<Rehearsal[]>;
	setReason(id: string, reason: string | null): Promise<void>;
	/** The next letter, leased: when that runs out it is given out again. */
	claim(id: string, ttlMs: number): Promise<string | null>;
	renew(id: string, letterId: string, ttlMs: number): Promise<void>;
	/** Only the first result of a letter counts. */
	settle(id: string, letterId: string, result: LetterVerdict, at: Date): Promise<void>;
}
