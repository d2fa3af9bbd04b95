import type { EngineApi } from '../engines/port/definitions';
import type { EngineWorkflow, WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import type { Ownership } from '../environments/protection';
import { rebind } from '../workflow-versions/rebind';
import { keepWebhookIds } from '../workflow-versions/webhooks';
import { keepOwned } from './ownership';
import type { Plan } from './promotion';
import { settingsToSend } from './settings-merge';
import { doesTheSame } from './target-state';

export interface DesiredContent {
	/** What the target must show afterwards. */
	expected: WorkflowContent;
	/** What to send for it: settings that must go carry the value that takes them away. */
	write: WorkflowContent;
	/** Places the target's API would refuse and that are left out. */
	lossy: string[];
	/** Settings of the target that cannot be taken away and make a difference. */
	staying: string[];
	/** Places that belong to the target and stay as they are there. */
	kept: string[];
}

/**
 * A version as the target should have it: its own ids in place of the source's, and its own webhook
 * ids, so that no URL changes.
 */
export function desiredContent(
	content: WorkflowContent,
	bound: Pick<Plan, 'credentials' | 'workflows' | 'dataTables'>,
	target: Pick<EngineWorkflow, 'content'> | null,
	api: EngineApi,
	owned: Ownership | null = null,
): DesiredContent {
	const rebound = rebind(content, bound);
	const { content: wished, kept } =
		target && owned ? keepOwned(rebound, target.content, owned) : { content: rebound, kept: [] };
	const lossy: string[] = [];
	const here = acceptedWorkflow(
		target ? keepWebhookIds(wished, target.content) : wished,
		api.workflowFields,
		lossy,
	);
	const nodes = here.nodes.map((node) => acceptedNode(node, api.nodeFields, lossy));
	const wanted = acceptedFields(here.settings, api.settingsFields, 'settings', lossy);
	const current = target?.content.settings ?? {};
	const { send, after, staying } = settingsToSend(wanted, current, api.settingsReset);
	const base = { ...here, nodes };
	const expected = { ...base, settings: after };
	return {
		expected,
		write: { ...base, settings: send },
		lossy,
		kept,
		staying: staying.filter((name) => {
			const { [name]: _, ...others } = after;
			return !doesTheSame(expected, { ...base, settings: others });
		}),
	};
}

function acceptedWorkflow(
	content: WorkflowContent,
	fields: string[] | null,
	lossy: string[],
): WorkflowContent {
	const { nodeGroups, description, ...needed } = content;
	const extra = {
		...(nodeGroups?.length ? { nodeGroups } : {}),
		...(description ? { description } : {}),
	};
	return { ...needed, ...acceptedFields(extra, fields, '', lossy) };
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
	lossy.push(...refused.map((name) => (place === '' ? name : `${place}.${name}`)));
	return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
