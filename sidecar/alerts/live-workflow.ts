/** A workflow that was seen published. */
export interface LiveWorkflow {
	id: string;
	name: string;
	liveVersionId: string;
	webhooks: Array<{ method: string; path: string }>;
	/** Since when it is not published; null: it is. */
	goneAt: Date | null;
}

/** Port. Storage implements it. */
export interface LiveWorkflowStore {
	known(environment: string): Promise<LiveWorkflow[]>;
	/** Seen published, now. */
	keep(environment: string, workflow: Omit<LiveWorkflow, 'goneAt'>): Promise<void>;
	/** Not published any more. */
	gone(environment: string, ids: string[], at: Date): Promise<void>;
	/** Deleted or archived. */
	forget(environment: string, ids: string[]): Promise<void>;
	/** Those that went since then, and were not paused by us. */
	wentSince(environment: string, since: Date): Promise<LiveWorkflow[]>;
}
