import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import { callerIdsOf } from './canonical-settings';
import { embeddedKeys, embeddedWorkflow } from './embedded-workflow';
import { isObject, replaceAt, valueAt, type JsonObject } from './json-path';
import { tableSlot } from './references';
import { isCachedField, isResourceLocator } from './resource-locator';
import { readSlot, workflowSlots } from './workflow-slots';

export interface Target {
	id: string;
	name: string;
}

/** What to put in place of an id, by the id it has in the source. */
export interface Rebinding {
	credentials: Record<string, Target>;
	workflows: Record<string, Target>;
	dataTables?: Record<string, Target>;
}

/** A copy that points at the target's credentials and workflows. What is not in the tables stays as it is. */
export function rebind(content: WorkflowContent, to: Rebinding): WorkflowContent {
	return {
		...content,
		nodes: content.nodes.map((node) => rebindNode(node, to)),
		settings: rebindSettings(content.settings, to),
	};
}

function rebindNode(node: WorkflowNode, to: Rebinding): WorkflowNode {
	let rebound = rebindCredentials(node, to);
	for (const { keys } of workflowSlots(node)) {
		const slot = valueAt(node.parameters, keys);
		const target = targetOf(slot, to);
		if (target) rebound = replaceAt(rebound, ['parameters', ...keys], pointedAt(slot, target));
	}
	for (const keys of tableSlot(node)) {
		const slot = valueAt(node.parameters, keys);
		const value = readSlot(slot);
		const table = value.kind === 'id' ? own(to.dataTables ?? {}, value.id) : undefined;
		if (table) rebound = replaceAt(rebound, ['parameters', ...keys], tableAt(slot, table));
	}
	const inside = embeddedWorkflow(node);
	if (inside === null) return rebound;
	const nodes = inside.nodes.map((each) => rebindNode(each, to));
	if (nodes.every((each, index) => each === inside.nodes[index])) return rebound;
	const json = node.parameters?.['workflowJson'];
	const document = (typeof json === 'string' ? JSON.parse(json) : json) as JsonObject;
	const changed = { ...document, nodes };
	return replaceAt(
		rebound,
		['parameters', ...embeddedKeys],
		typeof json === 'string' ? JSON.stringify(changed, null, 2) : changed,
	);
}

function rebindCredentials(node: WorkflowNode, to: Rebinding): WorkflowNode {
	if (!isObject(node.credentials)) return node;
	let changed = false;
	const credentials = Object.entries(node.credentials).map(([type, credential]) => {
		const id = isObject(credential) ? credential['id'] : undefined;
		const target = typeof id === 'string' ? own(to.credentials, id) : undefined;
		if (!target) return [type, credential] as const;
		changed = true;
		return [type, { ...credential, id: target.id, name: target.name }] as const;
	});
	return changed ? { ...node, credentials: Object.fromEntries(credentials) } : node;
}

function targetOf(slot: unknown, to: Rebinding): Target | undefined {
	const value = readSlot(slot);
	return value.kind === 'id' ? own(to.workflows, value.id) : undefined;
}

/** Old nodes hold the bare id. A link to the source instance becomes an id; its cached address goes. */
function pointedAt(slot: unknown, target: Target): unknown {
	if (!isResourceLocator(slot)) return target.id;
	const kept = Object.entries(slot).filter(([key]) => !isCachedField(key));
	return {
		...Object.fromEntries(kept),
		mode: slot.mode === 'url' ? 'id' : slot.mode,
		value: target.id,
		cachedResultName: target.name,
	};
}

/** By name it stays by name. */
function tableAt(slot: unknown, target: Target): unknown {
	if (!isResourceLocator(slot) || slot.mode !== 'name') return pointedAt(slot, target);
	return { ...slot, value: target.name };
}

function rebindSettings(settings: JsonObject, to: Rebinding): JsonObject {
	const rebound = { ...settings };
	const error = targetOf(settings['errorWorkflow'], to);
	if (error) rebound['errorWorkflow'] = error.id;
	const callers = settings['callerIds'];
	if (typeof callers === 'string' && callerIdsOf(callers).some((id) => own(to.workflows, id))) {
		rebound['callerIds'] = callers
			.split(',')
			.map((id) => own(to.workflows, id.trim())?.id ?? id.trim())
			.join(',');
	}
	return rebound;
}

function own<T>(table: Record<string, T>, key: string): T | undefined {
	return Object.hasOwn(table, key) ? table[key] : undefined;
}
