import type { BulkFilter } from '../bulk/bulk-replay';

/**
 * What became of one letter. cannot-tell: it depends on something outside that nothing was recorded of,
 * or the run could not be made.
 */
export const verdicts = ['succeeds', 'fails', 'cannot-tell'] as const;
export type Verdict = (typeof verdicts)[number];

/** What is to be tried out: letters of the version's workflow, newest first. */
export interface RehearsalOrder {
	filter: Omit<BulkFilter, 'workflow'>;
	versionId: string;
	/** Where it runs. */
	environment: string;
	/** Letters at most. */
	limit: number;
}

export interface LetterVerdict {
	verdict: Verdict;
	/** Where it failed, or where nothing more could be told; null: outside a node. */
	node: string | null;
	/** Null: it succeeds. */
	message: string | null;
	/** The run of the rehearsal, in its environment. */
	executionId: string | null;
	/** Nodes that gave what an execution had recorded. */
	assumed: Array<{ node: string; executionId: string }>;
}

/** One letter of a rehearsal; null: not yet run. */
export interface RehearsedLetter {
	letterId: string;
	result: LetterVerdict | null;
}

export interface Rehearsal extends RehearsalOrder {
	id: string;
	state: 'running' | 'finished';
	/** What a running one waits for; null: nothing. */
	reason: string | null;
	requestedBy: string;
	createdAt: Date;
	finishedAt: Date | null;
	counts: Record<'total' | 'waiting' | Verdict, number>;
}
