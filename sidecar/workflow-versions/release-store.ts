import type { Release } from './version';

/** Port of releases. Storage implements it. */
export interface ReleaseStore {
	addRelease(release: Release): Promise<Release>;
	findRelease(id: string): Promise<Release | null>;
	/** Whether it was made of this environment, or a promotion of it into this environment was planned. */
	concernsEnvironment(releaseId: string, environment: string): Promise<boolean>;
}
