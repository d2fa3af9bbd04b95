import { z } from 'zod';
import type { WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import { checkedContent, invalidWorkflow } from './content-check';
import { fingerprint } from './fingerprint';
import { isObject, pathTo, valueAt } from './json-path';
import type { WorkflowVersion } from './version';

const claim = z.object({
	format: z.literal(1),
	workflowKey: z.string().min(1),
	number: z.int().min(1),
	digest: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'),
});

/** What an export says of itself. */
export type ExportClaim = z.infer<typeof claim>;

/** n8n's own JSON, which its editor takes from the clipboard, and our manifest in `meta`. */
export interface ExportDocument {
	name: string;
	description?: string;
	nodes: unknown[];
	connections: Record<string, unknown>;
	settings: Record<string, unknown>;
	nodeGroups?: unknown[];
	meta: { orchestration: ExportClaim };
}

/** Field order is part of the format: the same version always gives the same bytes. */
export function toExport(version: WorkflowVersion): ExportDocument {
	const { content, workflowKey, number, digest } = version;
	return {
		name: content.name,
		...(content.description ? { description: content.description } : {}),
		nodes: content.nodes,
		connections: content.connections,
		settings: content.settings,
		...(content.nodeGroups?.length ? { nodeGroups: content.nodeGroups } : {}),
		meta: { orchestration: { format: 1, workflowKey, number, digest } },
	};
}

/**
 * Reads an export of ours or a workflow as n8n's editor downloads it, then without a claim.
 * @throws workflow_invalid with the place; version_digest_mismatch when behaviour was changed by hand
 */
export function fromExport(document: unknown): {
	content: WorkflowContent;
	claimed: ExportClaim | null;
} {
	if (!isObject(document)) {
		const came = Array.isArray(document) ? 'a list' : document === null ? 'null' : typeof document;
		throw invalidWorkflow('', `expected an object, got ${came}`);
	}
	const content = checkedContent(document);
	const claimed = claimOf(document);
	if (claimed === null) return { content, claimed };
	const { digest } = fingerprint(content);
	if (claimed.digest === digest) return { content, claimed };
	throw new OrchestrationError(
		'version_digest_mismatch',
		`The export of "${content.name}" says its digest is ${claimed.digest}, its content has ${digest}. ` +
			'It was changed after the export: export it again, or remove meta.orchestration to import it as it is.',
		{ details: { claimed: claimed.digest, actual: digest } },
	);
}

function claimOf(document: unknown): ExportClaim | null {
	const given = valueAt(document, ['meta', 'orchestration']);
	if (given === undefined) return null;
	const parsed = claim.safeParse(given);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const keys = (issue?.path ?? []).map(String);
	throw invalidWorkflow(keys.reduce(pathTo, 'meta.orchestration'), issue?.message ?? 'unreadable');
}
