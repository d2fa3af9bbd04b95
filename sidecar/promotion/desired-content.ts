import type { EngineApi, EngineWorkflow, WorkflowContent, WorkflowNode } from '../engines/engine';
import { rebind } from '../workflow-versions/rebind';
import type { Plan } from './promotion';

export interface DesiredContent {
	/** What the target must show afterwards. */
	expected: WorkflowContent;
	/** What to send for it: settings that must go carry the value that takes them away. */
	write: WorkflowContent;
	/** Places the target's API would refuse and that are left out. */
	lossy: string[];
	/** Settings of the target that cannot be taken away. */
	staying: string[];
}

/**
 * A version as the target should have it: its own ids in place of the source's, and its own webhook
 * ids, so that no URL changes.
 */
export function desiredContent(
	content: WorkflowContent,
	bound: Pick<Plan, 'credentials' | 'workflows'>,
	target: EngineWorkflow | null,
	api: EngineApi,
): DesiredContent {
	const rebound = rebind(content, bound);
	const lossy: string[] = [];
	const nodes = rebound.nodes.map((node) =>
		acceptedNode(keepWebhookId(node, target), api.nodeFields, lossy),
	);
	const accepted = acceptedFields(rebound.settings, api.settingsFields, 'settings', lossy);
	const { expected, write, staying } = mergeSettings(
		accepted,
		target?.content.settings ?? {},
		api.settingsReset,
	);
	const base = { ...rebound, nodes };
	return {
		expected: { ...base, settings: expected },
		write: { ...base, settings: write },
		lossy,
		staying,
	};
}

function keepWebhookId(node: WorkflowNode, target: EngineWorkflow | null): WorkflowNode {
	const same = target?.content.nodes.find(
		(known) => known.name === node.name && known.type === node.type,
	);
	return same?.['webhookId'] === undefined ? node : { ...node, webhookId: same['webhookId'] };
}

function acceptedNode(node: WorkflowNode, fields: string[] | null, lossy: string[]): WorkflowNode {
	const kept = acceptedFields(node, fields, `nodes[${node.name}]`, lossy);
	return { ...kept, name: node.name, type: node.type };
}

function acceptedFields(
	fields: Record<string, unknown>,
	names: string[] | null,
	place: string,
	lossy: string[],
): Record<string, unknown> {
	if (!names) return fields;
	const refused = Object.keys(fields).filter((name) => !names.includes(name));
	lossy.push(...refused.map((name) => `${place}.${name}`));
	return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function mergeSettings(
	wanted: Record<string, unknown>,
	current: Record<string, unknown>,
	reset: Record<string, unknown>,
) {
	const expected = { ...wanted };
	const write = { ...wanted };
	const staying: string[] = [];
	for (const [name, value] of Object.entries(current)) {
		if (name in wanted) continue;
		if (name in reset) {
			write[name] = reset[name];
		} else {
			expected[name] = value;
			staying.push(name);
		}
	}
	return { expected, write, staying };
}
