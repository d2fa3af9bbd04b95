export interface N8nInstallation {
	/** The cache folder with node_modules in it. */
	dir: string;
	/** The file to start with `node`. */
	bin: string;
	version: string;
	/** A Node that is new enough for this n8n. */
	node: string;
}

/**
 * Installs n8n into the cache unless it is there (about 7 minutes the first time) and says where.
 * Two processes at once install once. The cache is `ORCHESTRATION_TEST_CACHE`, else
 * `n8n-orchestration` in `XDG_CACHE_HOME` or ~/.cache.
 *
 * `log` gets progress lines (default: standard error); `packageFolder` holds the package.json and
 * package-lock.json to install (default: this folder). Throws with the end of npm's output.
 */
export declare function ensureN8n(options?: {
	log?: (line: string) => void;
	packageFolder?: string;
}): Promise<N8nInstallation>;

/** Where what tests need from outside is kept between runs. */
export declare function cacheRoot(): string;
