export interface SharedRun {
	folder: string;
	/** What jest and its workers need in their environment. */
	env: Record<string, string>;
	/** Stops the shared instances and removes the folder. */
	end(): Promise<void>;
}

/** Begins a run owned by this process; shared instances end by themselves when it is gone. */
export declare function beginSharedRun(): SharedRun;

/** Stops every shared instance of a run. Default: the run of ORCHESTRATION_TEST_RUN_DIR. */
export declare function stopShared(folder?: string): Promise<void>;
