/** What the rules look at. Storage answers it from what the rooms keep. */
export interface AlertSignals {
	/** Finished within the window, by workflow. */
	executions(query: SignalScope & { windowMs: number }): Promise<WorkflowFigures[]>;
	/** When a workflow last succeeded, or else was first heard of; null: nothing is known of it. */
	lastSuccess(environment: string, workflow: string): Promise<Date | null>;
	/** Letters that wait for a person, by environment; one without any is absent. */
	waitingLetters(scope: SignalScope): Promise<Array<{ environment: string; count: number }>>;
	openCircuits(): Promise<string[]>;
	/** Findings nobody has accepted, by environment. */
	drift(environment: string | null): Promise<Array<{ environment: string; findings: number }>>;
	/** Accepted minus all that became of it, by ledger; what adds up is absent. `named`: ids, where known. */
	brokenLaws(): Promise<Array<{ work: string; missing: number; named: readonly string[] }>>;
	/** Letters whose time ran out within the window, by environment. */
	expiredLetters(
		query: SignalScope & { windowMs: number },
	): Promise<Array<{ environment: string; count: number }>>;
	/** Executions that have been running for longer, by workflow. */
	longRunning(query: SignalScope & { runningMs: number }): Promise<StuckRuns[]>;
	/** Executions that wait though their time was over so long ago, by workflow. */
	overdueWaits(query: SignalScope & { overdueMs: number }): Promise<StuckRuns[]>;
	/** Webhooks of published workflows that their engine does not know. */
	missingWebhooks(
		scope: SignalScope,
	): Promise<Array<WorkflowName & { method: string; path: string }>>;
	/** Workflows that were published, and since when they are not. */
	unpublished(
		query: SignalScope & { withinMs: number },
	): Promise<Array<WorkflowName & { since: Date }>>;
	/** How long the oldest work has been due, by kind; what keeps up is absent. */
	backlog(): Promise<Array<{ work: string; ms: number }>>;
}

export interface SignalScope {
	environment: string | null;
	workflow: string | null;
}

export interface WorkflowName {
	environment: string;
	/** Its id. */
	workflow: string;
	name: string | null;
}

export interface StuckRuns extends WorkflowName {
	runs: number;
	/** Id of the oldest in its engine; null: not known. */
	oldest: string | null;
}

export interface WorkflowFigures extends WorkflowName {
	finished: number;
	failed: number;
	/** Milliseconds; null when none took a known time. */
	p95Ms: number | null;
}
