import type { WorkflowContent } from '../engines/engine';

/** An immutable snapshot of one workflow. */
export interface WorkflowVersion {
	id: string;
	workflowKey: string;
	/** 1, 2, 3 … per workflow key. */
	number: number;
	/** SHA-256 of the canonical form of what it does. */
	digest: string;
	/** SHA-256 of how it looks. */
	appearanceDigest: string;
	content: WorkflowContent;
	tags: string[];
	/** Was it live where it was taken. */
	active: boolean;
	message: string | null;
	/** Where it was taken; null for an import. */
	environment: string | null;
	workflowId: string | null;
	createdBy: string;
	createdAt: Date;
}

/** Versions closed under their references. */
export interface Release {
	id: string;
	environment: string;
	/** SHA-256 over the manifest. */
	digest: string;
	message: string | null;
	/** Leaves first. */
	manifest: ReleaseEntry[];
	createdBy: string;
	createdAt: Date;
}

export interface ReleaseEntry {
	workflowKey: string;
	workflowId: string;
	versionId: string;
	name: string;
	digest: string;
	requested: boolean;
}

/** Which id a workflow has in an environment. */
export interface Binding {
	workflowKey: string;
	environment: string;
	workflowId: string;
}
