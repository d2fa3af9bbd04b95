import type { BulkReplayFilter } from './replays';

/** POST /rehearsals → 202 Rehearsal: tries letters out against a version, without any effect. */
export interface RehearsalRequest {
	/** Letters of the version's workflow. */
	filter: Omit<BulkReplayFilter, 'workflow'>;
	/** Id of the candidate. */
	version: string;
	/** Where it is run: an environment of a lower stage than that of the letters. */
	environment: string;
	/** The newest letters, 1 to 100. Default 20. */
	limit?: number;
}

export interface Rehearsal {
	id: string;
	/** Finished when each letter has its verdict. */
	state: 'running' | 'finished';
	/** What a running one waits for. */
	reason: string | null;
	filter: RehearsalRequest['filter'];
	version: string;
	environment: string;
	requestedBy: string;
	createdAt: string;
	finishedAt: string | null;
	progress: {
		total: number;
		waiting: number;
		succeeds: number;
		fails: number;
		cannotTell: number;
	};
}

/** GET /rehearsals/{id} */
export interface RehearsalReport extends Rehearsal {
	/** Newest first. */
	letters: RehearsedLetter[];
}

export interface RehearsedLetter {
	letterId: string;
	/** Null: not yet run. */
	verdict: 'succeeds' | 'fails' | 'cannot-tell' | null;
	/** Where it failed, or where nothing more could be told. */
	node: string | null;
	/** Why. */
	message: string | null;
	/** The run of the rehearsal, in its environment. */
	executionId: string | null;
	/** Nodes that gave what an execution had recorded, and which execution. */
	assumed: Array<{ node: string; executionId: string }>;
}
