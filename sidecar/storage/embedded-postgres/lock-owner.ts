import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { unless } from './not-startable';
import { startOf } from './process-facts';

/** What makes a process number mean something. */
export interface Place {
	host: string;
	/** Changes with every start of the machine; empty where the system does not say. */
	boot: string;
	/** Containers number their processes each on their own; empty where there are none. */
	pidNamespace: string;
}

export interface Owner extends Place {
	pid: number;
	/** Start of that process: numbers are used again. */
	start: string;
	/** Tells two claims of one process apart. */
	claim: string;
}

export async function readHere(): Promise<Place> {
	const absent = ['ENOENT', 'EACCES', 'EPERM'];
	const boot = await unless(absent, readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
	const pidNamespace = await unless(absent, readlink('/proc/self/ns/pid'));
	return { host: hostname(), boot: boot?.trim() ?? '', pidNamespace: pidNamespace ?? '' };
}

/**
 * Whether the process that wrote a lock lives.
 * @param beats asked only when its process cannot be seen from here (another container or machine)
 */
export async function stillOwns(
	owner: Owner,
	here: Place,
	beats: () => Promise<boolean>,
): Promise<boolean> {
	const sameBoot = owner.boot === here.boot;
	if (sameBoot && owner.host === here.host && owner.pidNamespace === here.pidNamespace) {
		return owner.start !== '' && (await startOf(owner.pid)) === owner.start;
	}
	// The same machine, started anew since.
	if (!sameBoot && owner.host === here.host) return false;
	return await beats();
}
