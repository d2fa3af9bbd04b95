/** POST /environments/{env}/workflows */
export interface WorkflowCreation {
	/** n8n's JSON: name, nodes, connections, settings. */
	content: Record<string, unknown>;
	/** Also make it live. Default false. */
	publish?: boolean;
	/** Why, kept with the version of what was written. */
	message?: string;
	/** Why a protected environment is changed past the promotions. */
	breakGlass?: string;
}

/** PUT /environments/{env}/workflows/{id} */
export interface WorkflowUpdate extends WorkflowCreation {
	/** `revision` of what the change was made on. */
	basedOn: string;
}

/** What a workflow is after a change. */
export interface WorkflowState {
	id: string;
	name: string;
	workflowKey: string | null;
	active: boolean;
	draftVersionId: string;
	liveVersionId: string | null;
	revision: string;
	/** Our version of the draft as it is now, and as it was before. */
	versionId: string | null;
	previousVersionId: string | null;
	warnings: string[];
}

/**
 * What pause and resume answer where workflows are code (Temporal): work for it is accepted and
 * waits, or is sent.
 */
export interface DispatchState {
	workflowId: string;
	dispatch: 'paused' | 'sent';
	pausedSince: string | null;
}

/** GET /environments/{env}/paused-workflows */
export interface PausedWorkflow {
	workflowId: string;
	name: string;
	/** n8n's version that will be live again. */
	liveVersionId: string;
	/** Our version of it. */
	versionId: string;
	reason: string | null;
	pausedBy: string;
	pausedAt: string;
}

/** GET /environments/{env}/deleted-workflows */
export interface DeletedWorkflow {
	/** The id it had. */
	workflowId: string;
	workflowKey: string;
	name: string;
	state: 'deleting' | 'deleted' | 'restored';
	/** Our versions of the draft and of what was live. */
	draftVersionId: string;
	liveVersionId: string | null;
	tags: string[];
	restoredAs: string | null;
	reason: string | null;
	deletedBy: string;
	deletedAt: string;
}
