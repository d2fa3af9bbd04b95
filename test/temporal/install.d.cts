/**
 * Says where a Temporal CLI is; builds it into the cache the first time (some minutes). Two
 * processes at once build once. `TEMPORAL_CLI_PATH` names one that is there already.
 * Throws when none can be had: tests fail then, they are not skipped.
 */
export declare function ensureTemporal(options?: {
	/** Gets progress lines. Default: standard error. */
	log?: (line: string) => void;
}): Promise<string>;
