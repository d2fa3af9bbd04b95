import type { BindingStore } from './binding-store';
import type { ReleaseStore } from './release-store';
import type { NewVersion, WorkflowVersion } from './version';

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
	/**
	 * Keeps a version and gives it the next number of its key, or keeps it as a form of its origin; the same
	 * content and look give the one we have.
	 */
	add(version: NewVersion): Promise<WorkflowVersion>;
	find(id: string): Promise<WorkflowVersion | null>;
	/** Newest version of a key with this digest. */
	findByDigest(workflowKey: string, digest: string): Promise<WorkflowVersion | null>;
	/** Forms too, newest first. */
	listOf(workflowKey: string, page: PageRequest): Promise<WorkflowVersion[]>;
	/** Those with numbers of their own, newest first. */
	listNumbered(
		workflowKey: string,
		page: PageRequest,
		label?: string | null,
	): Promise<WorkflowVersion[]>;
	/** How the version of this id looks in an environment: its newest form there, or itself when taken there. */
	findIn(originId: string, environment: string): Promise<WorkflowVersion | null>;
	/** Replaces the labels. */
	setLabels(versionId: string, labels: string[], by: string, at: Date): Promise<void>;
	/** By key; of one environment only: those bound there, with that binding. */
	listWorkflows(page: PageRequest, environment?: string | null): Promise<WorkflowListing[]>;
}
