/** A workflow that was taken out of service for a while. */
export interface PausedWorkflow {
	environment: string;
	workflowId: string;
	name: string;
	/** The engine's version that was live and is to be live again. */
	liveVersionId: string;
	/** Our version of what was live: engines forget theirs. */
	kept: string;
	reason: string | null;
	pausedBy: string;
	pausedAt: Date;
}

/** What a deleted workflow was. */
export interface DeletedWorkflow {
	id: string;
	environment: string;
	/** The id it had. */
	workflowId: string;
	workflowKey: string;
	name: string;
	/** Our versions of the draft and of what was live. */
	draft: string;
	live: string | null;
	tags: Array<{ id: string; name: string }>;
	/** deleting: noted, and perhaps not yet gone. */
	state: 'deleting' | 'deleted' | 'restored';
	/** The id it has been given anew. */
	restoredAs: string | null;
	reason: string | null;
	deletedBy: string;
	deletedAt: Date;
}

/** Port of what direct changes have to remember. Storage implements it. */
export interface DirectChangeStore {
	findPaused(environment: string, workflowId: string): Promise<PausedWorkflow | null>;
	pausedIn(environment: string): Promise<PausedWorkflow[]>;
	/** Replaces an earlier pause of the workflow. */
	putPaused(paused: PausedWorkflow): Promise<void>;
	dropPaused(environment: string, workflowId: string): Promise<void>;

	/** The newest with this former id. */
	findDeleted(environment: string, workflowId: string): Promise<DeletedWorkflow | null>;
	/** Newest first. */
	listDeleted(
		environment: string,
		page: { limit: number; after: string | null },
	): Promise<DeletedWorkflow[]>;
	addDeleted(deleted: DeletedWorkflow): Promise<void>;
	markDeleted(id: string, state: 'deleted' | 'restored', restoredAs: string | null): Promise<void>;
}
