import type { WorkflowContent } from '../engines/port/workflow';

/** An immutable snapshot of one workflow. */
export interface WorkflowVersion {
	id: string;
	workflowKey: string;
	/** 1, 2, 3 … per workflow key; of a form, that of its origin. */
	number: number;
	/**
	 * Set for a form: what this version became where it was promoted to, with the ids of that place
	 * (docs/decisions/forms-of-a-version.md). Null for a version in its own right.
	 */
	origin: VersionOrigin | null;
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
	/** In order of the alphabet; those of its origin for a form. */
	labels: string[];
}

export interface VersionOrigin {
	id: string;
	digest: string;
}

/** The version that a version or a form of it is: the same in every environment. */
export function originOf({ origin, id, digest }: WorkflowVersion): VersionOrigin {
	return origin ?? { id, digest };
}

/** A version to be kept. */
export type NewVersion = Omit<WorkflowVersion, 'number' | 'labels' | 'origin'> & {
	/** The version that this is a form of, if it is new; a form of a form is one of its origin. */
	originId?: string | null;
};

/** Versions closed under their references. */
export interface Release {
	id: string;
	environment: string;
	/** SHA-256 over keys and digests of the versions: the same for the same versions in any environment. */
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
	/** Of the version, or of its form in the environment of the release. */
	versionId: string;
	name: string;
	/** Of what `versionId` names. */
	digest: string;
	requested: boolean;
	/** When `versionId` names a form. */
	origin?: VersionOrigin;
}

/** Which id a workflow has in an environment. */
export interface Binding {
	workflowKey: string;
	environment: string;
	workflowId: string;
}
