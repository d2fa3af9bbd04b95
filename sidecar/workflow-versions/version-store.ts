import type { Binding, Release, WorkflowVersion } from './version';

export interface PageRequest {
	limit: number;
	/** Id of the last row of the page before. */
	after: string | null;
}

export interface WorkflowListing {
	workflowKey: string;
	name: string;
	latestVersion: number;
	bindings: Record<string, string>;
}

/** Port of versions, releases and bindings. Storage implements it. */
export interface VersionStore {
	/** Keeps a version and gives it the next number of its key; the same content and look give the one we have. */
	add(version: Omit<WorkflowVersion, 'number'>): Promise<WorkflowVersion>;
	find(id: string): Promise<WorkflowVersion | null>;
	/** Newest version of a key with this digest. */
	findByDigest(workflowKey: string, digest: string): Promise<WorkflowVersion | null>;
	/** Newest first. */
	listOf(workflowKey: string, page: PageRequest): Promise<WorkflowVersion[]>;
	/** By key. */
	listWorkflows(page: PageRequest): Promise<WorkflowListing[]>;

	/** The key of a workflow; a first sight makes `newKey` its key. Safe when two ask at once. */
	keyFor(environment: string, workflowId: string, newKey: string): Promise<string>;
	findBinding(workflowKey: string, environment: string): Promise<Binding | null>;
	findKey(environment: string, workflowId: string): Promise<string | null>;
	bindingsIn(environment: string): Promise<Binding[]>;
	bind(binding: Binding): Promise<void>;
	unbind(workflowKey: string, environment: string): Promise<void>;

	addRelease(release: Release): Promise<Release>;
	findRelease(id: string): Promise<Release | null>;
}
