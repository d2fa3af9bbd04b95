/** Where a reference stands and whether its node takes part. */
export interface ReferencePlace {
	/** e.g. nodes[HTTP Request].credentials.httpHeaderAuth */
	place: string;
	/** Name of the node; null for a setting. Inside a workflow given as JSON: the name in there. */
	node: string | null;
	/** A disabled node neither runs nor is checked by n8n when publishing. */
	disabled: boolean;
}

/**
 * How a workflow is used: `call`, `tool` and `retriever` run it as a sub-workflow, `error` runs it after a
 * failure, `manage` is the n8n node (its API), `caller` may call this workflow.
 */
export type WorkflowUse = 'call' | 'tool' | 'retriever' | 'manage' | 'error' | 'caller';

export type Reference = ReferencePlace &
	(
		| { kind: 'credential'; type: string; id: string | null; name: string | null }
		| { kind: 'workflow'; use: WorkflowUse; id: string; name: string | null }
		/** A workflow that names itself: `{{ $workflow.id }}`. Nothing to map. */
		| { kind: 'self'; use: WorkflowUse }
		| { kind: 'data-table'; by: 'id' | 'name'; value: string; name: string | null }
		| {
				kind: 'webhook';
				type: string;
				/** null where the service behind the node registers the address by itself. */
				address: string | null;
				methods: string[];
				path: string | null;
				webhookId: string | null;
		  }
		| { kind: 'community-node'; type: string; package: string; typeVersion: number | null }
		/** Known only at run time: an expression, a file or an address. Never null, never mapped. */
		| { kind: 'dynamic'; what: WorkflowUse | 'data-table' | 'webhook'; expression: string }
	);

export type ReferenceOf<Kind extends Reference['kind']> = Extract<Reference, { kind: Kind }>;
