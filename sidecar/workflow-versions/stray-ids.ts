import type { WorkflowContent, WorkflowNode } from '../engines/engine';
import { isStickyNote } from './canonical-node';
import { embeddedKeys, embeddedWorkflow } from './embedded-workflow';
import { isObject, pathTo } from './json-path';
import { isCachedField, isResourceLocator } from './resource-locator';
import { readSlot, workflowSlots } from './workflow-slots';

export interface StrayId {
	id: string;
	/** e.g. nodes[Code].parameters.jsCode */
	place: string;
}

/** Shorter ids (old instances count 1, 2, 3) are looked for only in addresses, else every number is a hit. */
const shortestFreeId = 8;
const inAddress = /\/(?:workflows?|credentials|executions?)\/([A-Za-z0-9_-]+)/g;

/**
 * Places where an id we know stands outside the fields made for ids: in expressions, code, addresses.
 * `rebind` does not reach them. An id counts only as a whole word.
 */
export function findStrayIds(content: WorkflowContent, knownIds: readonly string[]): StrayId[] {
	const known = new Set(knownIds);
	const { errorWorkflow: _, callerIds: __, ...settings } = content.settings ?? {};
	return [
		...content.nodes.flatMap((node) => inNode(node, known, '')),
		...inValue(settings, 'settings', known),
	];
}

function inNode(node: WorkflowNode, known: Set<string>, prefix: string): StrayId[] {
	if (isStickyNote(node)) return [];
	const base = `${prefix}nodes[${node.name}]`;
	const inside = embeddedWorkflow(node);
	const skipped = new Set([
		...workflowSlots(node)
			.filter(({ keys }) => readsAsId(node, keys))
			.map(({ keys }) => placeOf(base, keys)),
		...(inside ? [placeOf(base, embeddedKeys)] : []),
	]);
	return [
		...inValue(node.parameters ?? {}, `${base}.parameters`, known, skipped),
		...(inside?.nodes.flatMap((each) => inNode(each, known, `${base}.parameters.workflowJson.`)) ??
			[]),
	];
}

function readsAsId(node: WorkflowNode, keys: string[]): boolean {
	const value = keys.reduce<unknown>(
		(at, key) => (isObject(at) ? at[key] : undefined),
		node.parameters,
	);
	return readSlot(value).kind === 'id';
}

function placeOf(base: string, keys: string[]): string {
	return keys.reduce(pathTo, `${base}.parameters`);
}

function inValue(
	value: unknown,
	place: string,
	known: Set<string>,
	skipped: ReadonlySet<string> = new Set(),
): StrayId[] {
	if (skipped.has(place)) return [];
	if (typeof value === 'string') return idsIn(value, known).map((id) => ({ id, place }));
	if (Array.isArray(value)) {
		return value.flatMap((item, index) => inValue(item, pathTo(place, index), known, skipped));
	}
	if (!isObject(value)) return [];
	const locator = isResourceLocator(value);
	return Object.entries(value)
		.filter(([key]) => !(locator && isCachedField(key)))
		.flatMap(([key, field]) => inValue(field, pathTo(place, key), known, skipped));
}

function idsIn(text: string, known: Set<string>): string[] {
	const words = [...text.matchAll(/[A-Za-z0-9]+/g), ...text.matchAll(/[A-Za-z0-9_-]+/g)]
		.map(([word]) => word)
		.filter((word) => word.length >= shortestFreeId);
	const linked = [...text.matchAll(inAddress)].map(([, id = '']) => id);
	return [...new Set([...words, ...linked])].filter((word) => known.has(word));
}
