import type { WorkflowContent } from '../engines/port/workflow';
import { isStickyNote, splitNode } from './canonical-node';
import { splitSettings } from './canonical-settings';
import { isObject, type JsonObject } from './json-path';
import { compareText, wiresInRunningOrder } from './running-order';

/** One workflow, told apart into what it does and how it looks; see docs/decisions/canonical-form.md. */
export interface CanonicalForm {
	behaviour: JsonObject;
	appearance: JsonObject;
}

/** The same meaning gives the same behaviour, whatever n8n or an editor filled in, moved or reordered. */
export function canonicalForm(content: WorkflowContent): CanonicalForm {
	const nodes = content.nodes.toSorted((a, b) => compareText(a.name, b.name));
	const working = nodes.filter((node) => !isStickyNote(node)).map(splitNode);
	const settings = splitSettings(content.settings ?? {});
	return {
		behaviour: {
			nodes: working.map((node) => node.behaviour),
			connections: Object.fromEntries(
				[...wiresInRunningOrder(content)].map(([from, byType]) => [
					from,
					Object.fromEntries(byType),
				]),
			),
			settings: settings.behaviour,
		},
		appearance: {
			name: content.name,
			description: content.description ?? '',
			nodes: working.map((node) => node.appearance),
			stickyNotes: nodes.filter(isStickyNote).map(({ id: _, ...note }) => note),
			nodeGroups: groupsByNodeName(content),
			settings: settings.appearance,
		},
	};
}

/** Groups name their nodes by id, and ids are not part of the form. */
function groupsByNodeName(content: WorkflowContent): unknown[] {
	const nameOf = new Map(content.nodes.map((node) => [node['id'], node.name]));
	return (content.nodeGroups ?? []).map((group) => {
		if (!isObject(group)) return group;
		const { id: _, nodeIds, ...rest } = group;
		const members = Array.isArray(nodeIds) ? nodeIds.map((id) => nameOf.get(id) ?? id) : [];
		return { ...rest, nodes: members.sort() };
	});
}
