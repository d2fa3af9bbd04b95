import type { WorkflowContent } from '../engines/port/workflow';
import { checkedContent } from '../workflow-versions/content-check';
import { isObject, type JsonObject } from '../workflow-versions/json-path';
import { compareText } from '../workflow-versions/running-order';

/** Fields people look for first stand first; the others follow in order of the alphabet. */
const first = ['name', 'description', 'type', 'typeVersion', 'position', 'id'];

/**
 * The JSON of a workflow as it stands in a repository: n8n's own, which its editor takes, with one order
 * of nodes and fields, so that a difference between two of them is a difference of the workflow.
 */
export function fileText(content: WorkflowContent): string {
	const { name, description, nodes, connections, settings, nodeGroups } = content;
	const document = {
		name,
		...(description ? { description } : {}),
		nodes: nodes.toSorted((a, b) => compareText(a.name, b.name)).map(ordered),
		connections: ordered(connections),
		settings: ordered(settings),
		...(nodeGroups?.length ? { nodeGroups: nodeGroups.map(ordered) } : {}),
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}

function ordered(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(ordered);
	if (!isObject(value)) return value;
	const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b) || compareText(a, b));
	return Object.fromEntries(keys.map((key) => [key, ordered((value as JsonObject)[key])]));
}

function rank(key: string): number {
	const index = first.indexOf(key);
	return index === -1 ? first.length : index;
}

/** @throws workflow_invalid with the place */
export function readFileText(text: string): WorkflowContent {
	return checkedContent(JSON.parse(text));
}

/** `order-intake--order-intake-9f3c21ab.json`: readable, and the key at its end tells which workflow it is. */
export function fileName(name: string, workflowKey: string): string {
	const slug = name
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-+|-+$/g, '')
		.slice(0, 60);
	return `${slug || 'workflow'}--${safe(workflowKey)}.json`;
}

/** A key can come from an import; it must not lead out of the folder. */
function safe(workflowKey: string): string {
	return encodeURIComponent(workflowKey).replaceAll(/[.*]/g, (sign) =>
		sign === '.' ? '%2E' : '%2A',
	);
}

/** The key that a file name ends with; null for a name that people gave. */
export function keyOfFile(file: string): string | null {
	const key = /--([^/\\]+)\.json$/.exec(file)?.[1];
	return key === undefined ? null : decodeURIComponent(key);
}
