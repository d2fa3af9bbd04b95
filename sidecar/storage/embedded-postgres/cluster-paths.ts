import path from 'node:path';

/** Where things of the embedded Postgres lie in the data folder. */
export interface ClusterPaths {
	dataDir: string;
	/** The cluster itself, what Postgres calls its data directory. */
	cluster: string;
	/** A cluster in the making; becomes `cluster` by one rename. */
	fresh: string;
	/** Who runs it, see owner-lock.ts. */
	lock: string;
	/** Password of the role `orchestration`, mode 0600. */
	password: string;
}

export function clusterPaths(dataDir: string): ClusterPaths {
	const base = path.resolve(dataDir);
	const cluster = path.join(base, 'postgres');
	return {
		dataDir: base,
		cluster,
		fresh: `${cluster}.new`,
		lock: `${cluster}.lock`,
		password: `${cluster}.password`,
	};
}
