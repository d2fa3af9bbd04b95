/** POST /versions */
export interface VersionInput {
	environment: string;
	workflowId: string;
	message?: string;
}

export interface Version {
	id: string;
	workflowKey: string;
	number: number;
	/** SHA-256 of what the workflow does. Promoted, it stays this version with this digest. */
	digest: string;
	/** SHA-256 of how it looks: positions, notes, cached names. */
	appearanceDigest: string;
	name: string;
	message: string | null;
	environment: string | null;
	workflowId: string | null;
	createdBy: string;
	createdAt: string;
	labels: string[];
}

/** PUT /versions/{id}/labels: these and no others. */
export interface VersionLabels {
	labels: string[];
}

/** GET /workflows */
export interface WorkflowEntry {
	workflowKey: string;
	name: string;
	latestVersion: number;
	/** Where it lives: environment name → id there. */
	bindings: Record<string, string>;
}

/** GET /versions/{id}/diff/{otherId} */
export interface VersionDiff {
	from: string;
	to: string;
	/** True when behaviour is the same. */
	sameBehaviour: boolean;
	nodes: Array<{
		name: string;
		change: 'added' | 'removed' | 'changed' | 'moved';
		/** Former name when a node was renamed. */
		renamedFrom?: string;
		/** Changed fields: path such as parameters.url, before, after. */
		fields: Array<{ path: string; before: unknown; after: unknown }>;
	}>;
	connections: Array<{ change: 'added' | 'removed'; from: string; to: string; type: string }>;
	settings: Array<{ path: string; before: unknown; after: unknown }>;
	/** The same for a person to read. */
	text: string;
}

/** GET /versions/{id}/export: n8n's own JSON, pasteable into the editor, and our manifest in `meta`. */
export interface VersionExport {
	name: string;
	nodes: unknown[];
	connections: Record<string, unknown>;
	settings: Record<string, unknown>;
	meta: {
		orchestration: {
			format: 1;
			workflowKey: string;
			number: number;
			digest: string;
		};
	};
	[field: string]: unknown;
}

/** POST /releases */
export interface ReleaseInput {
	environment: string;
	workflowIds: string[];
	message?: string;
}

export interface Release {
	id: string;
	environment: string;
	digest: string;
	message: string | null;
	/** Leaves first: what is called stands before what calls it. */
	manifest: Array<{
		workflowKey: string;
		workflowId: string;
		versionId: string;
		name: string;
		digest: string;
		/** False when it came along because another one calls it. */
		requested: boolean;
	}>;
	createdBy: string;
	createdAt: string;
}
