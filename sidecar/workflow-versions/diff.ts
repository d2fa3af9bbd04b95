import { isDeepStrictEqual } from 'node:util';
import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import { canonicalJson } from '../kernel/canonical-json';
import { canonicalForm } from './canonical-form';
import { isStickyNote, splitNode } from './canonical-node';
import { splitSettings } from './canonical-settings';
import { connectionChanges, orderChanges, type ConnectionChange } from './connection-changes';
import { diffText } from './diff-text';
import { fieldChanges, type FieldChange } from './field-changes';
import { pairNodes } from './node-pairing';

export interface NodeChange {
	name: string;
	/** moved: it only looks different. */
	change: 'added' | 'removed' | 'changed' | 'moved';
	renamedFrom?: string;
	fields: FieldChange[];
}

export interface ContentDiff {
	sameBehaviour: boolean;
	nodes: NodeChange[];
	connections: ConnectionChange[];
	settings: FieldChange[];
	text: string;
}

/** What changed between two states of a workflow, secrets masked. */
export function diffContents(from: WorkflowContent, to: WorkflowContent): ContentDiff {
	const [before, after] = [canonicalForm(from), canonicalForm(to)];
	const pairs = pairNodes(from.nodes, to.nodes);
	const renames = new Map(pairs.kept.map(([a, b]) => [a.name, b.name]));
	const nameNow = (name: string) => renames.get(name) ?? name;
	const reordered = new Map(
		orderChanges(from, to, nameNow).map(({ node, change }) => [node, change]),
	);
	const changes = {
		sameBehaviour: canonicalJson(before.behaviour) === canonicalJson(after.behaviour),
		nodes: [
			...pairs.removed.map((node) => wholeNode(node, 'removed')),
			...pairs.kept.flatMap(([a, b]) => nodeChange(a, b, reordered.get(b.name))),
			...pairs.added.map((node) => wholeNode(node, 'added')),
		],
		connections: connectionChanges(from, to, nameNow),
		settings: fieldChanges(
			splitSettings(from.settings ?? {}).behaviour,
			splitSettings(to.settings ?? {}).behaviour,
		),
	};
	const typeOf = new Map([...from.nodes, ...to.nodes].map((node) => [node.name, node.type]));
	const cosmetic = !isDeepStrictEqual(before.appearance, after.appearance);
	return { ...changes, text: diffText(changes, { from, to, typeOf, cosmetic }) };
}

function wholeNode(node: WorkflowNode, change: 'added' | 'removed'): NodeChange {
	const { name: _, ...behaviour } = splitNode(node).behaviour;
	const fields = change === 'added' ? fieldChanges({}, behaviour) : fieldChanges(behaviour, {});
	return { name: node.name, change, fields: isStickyNote(node) ? [] : fields };
}

function nodeChange(
	before: WorkflowNode,
	after: WorkflowNode,
	order: FieldChange | undefined,
): NodeChange[] {
	const renamed = before.name === after.name ? {} : { renamedFrom: before.name };
	const [was, is] = [splitNode({ ...before, name: '' }), splitNode({ ...after, name: '' })];
	const note = isStickyNote(before) && isStickyNote(after);
	const fields = note ? [] : fieldChanges(was.behaviour, is.behaviour);
	if (order) fields.push(order);
	if (fields.length > 0 || (!note && before.name !== after.name)) {
		return [{ name: after.name, change: 'changed', ...renamed, fields }];
	}
	if (before.name === after.name && isDeepStrictEqual(was, is)) return [];
	return [{ name: after.name, change: 'moved', ...renamed, fields: [] }];
}
