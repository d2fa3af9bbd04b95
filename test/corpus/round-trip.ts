import type { WorkflowDefinitions } from '../../sidecar/engines/port/definitions';
import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { fromExport, toExport } from '../../sidecar/workflow-versions/export-document';
import { fingerprint } from '../../sidecar/workflow-versions/fingerprint';
import type { WorkflowVersion } from '../../sidecar/workflow-versions/version';

export interface RoundTrip {
	/** Digest of the document before n8n saw it. */
	given: string;
	/** Digest of what n8n made of it. */
	stored: string;
	/** Digest after export, import as a new workflow, and reading that. */
	again: string;
	/** Whether export, import, export gave the same bytes. */
	sameBytes: boolean;
	first: WorkflowContent;
	second: WorkflowContent;
}

/**
 * A workflow through n8n, our export, and n8n again. Removes both workflows afterwards.
 * Whether it can be taken in at all is left to n8n.
 * @throws workflow_invalid, engine_rejected
 */
export async function roundTrip(
	definitions: Pick<WorkflowDefinitions, 'create' | 'get' | 'remove'>,
	content: WorkflowContent,
): Promise<RoundTrip> {
	const first = await storedAs(definitions, content);
	const text = JSON.stringify(toExport(versionOf(first)), null, 2);
	const imported = fromExport(JSON.parse(text)).content;
	const second = await storedAs(definitions, imported);
	return {
		given: fingerprint(content).digest,
		stored: fingerprint(first).digest,
		again: fingerprint(second).digest,
		sameBytes: JSON.stringify(toExport(versionOf(imported)), null, 2) === text,
		first,
		second,
	};
}

async function storedAs(
	definitions: Pick<WorkflowDefinitions, 'create' | 'get' | 'remove'>,
	content: WorkflowContent,
): Promise<WorkflowContent> {
	const { id } = await definitions.create(content);
	const stored = await definitions.get(id);
	await definitions.remove(id);
	return stored.content;
}

/** The content as version 1 of a workflow. */
export function versionOf(content: WorkflowContent): WorkflowVersion {
	return {
		id: 'version',
		workflowKey: 'workflow',
		number: 1,
		origin: null,
		labels: [],
		...fingerprint(content),
		content,
		tags: [],
		active: false,
		message: null,
		environment: null,
		workflowId: null,
		createdBy: 'test',
		createdAt: new Date(0),
	};
}
