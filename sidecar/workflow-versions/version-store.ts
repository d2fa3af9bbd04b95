import type { BindingStore } from './binding-store';
import type { ReleaseStore } from './release-store';
import type { WorkflowVersion } from './version';

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

/** Port of versions, with the bindings and releases that stand on them. Storage implements it. */
export interface VersionStore extends BindingStore, ReleaseStore {
	/** Keeps a version and gives it the next number of its key; the same content and look give the one we have. */
	add(version: Omit<WorkflowVersion, 'number'>): Promise<WorkflowVersion>;
	find(id: string): Promise<WorkflowVersion | null>;
	/** Newest version of a key with this digest. */
	findByDigest(workflowKey: string, digest: string): Promise<WorkflowVersion | null>;
	/** Newest first. */
	listOf(workflowKey: string, page: PageRequest): Promise<WorkflowVersion[]>;
	/** By key; of one environment only: those bound there, with that binding. */
	listWorkflows(page: PageRequest, environment?: string | null): Promise<WorkflowListing[]>;
}
