import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import { callerIdsOf } from './canonical-settings';
import { credentialReferences } from './credential-references';
import { embeddedWorkflow } from './embedded-workflow';
import { pathTo, valueAt } from './json-path';
import type { Reference, ReferencePlace } from './reference';
import { webhookReferences } from './webhook-references';
import { readSlot, sourceKeys, sourceOf, useOf, workflowSlots } from './workflow-slots';

/** Everything a workflow points at outside itself, in the order of its nodes, then its settings. */
export function findReferences(content: WorkflowContent): Reference[] {
	return [...content.nodes.flatMap((node) => nodeReferences(node, '')), ...ofSettings(content)];
}

/** Ids of the workflows that must exist where this one runs: what it calls, its tools and its error workflow. */
export function calledWorkflows(content: WorkflowContent): string[] {
	const ids = findReferences(content).flatMap((reference) =>
		reference.kind === 'workflow' && needsClosing(reference) ? [reference.id] : [],
	);
	return [...new Set(ids)];
}

/** Whether a release must hold the target too; the n8n node and the list of callers only name workflows. */
export function needsClosing(reference: Reference): boolean {
	return reference.kind === 'workflow' && reference.use !== 'manage' && reference.use !== 'caller';
}

const ownPackages = ['n8n-nodes-base', '@n8n/n8n-nodes-langchain'];
const selfExpression = /^=\s*\{\{\s*\$workflow\.id\s*\}\}\s*$/;

/** `prefix` is the place of the workflow that holds the node, for workflows inside workflows. */
function nodeReferences(node: WorkflowNode, prefix: string): Reference[] {
	const base = `${prefix}nodes[${node.name}]`;
	const at = (keys: string[], from = `${base}.parameters`): ReferencePlace => ({
		place: keys.reduce(pathTo, from),
		node: node.name,
		disabled: node.disabled === true,
	});
	const inside = embeddedWorkflow(node);
	return [
		...credentialReferences(node, (type) => at(['credentials', type], base)),
		...workflowReferences(node, at),
		...(inside?.nodes.flatMap((each) => nodeReferences(each, `${base}.parameters.workflowJson.`)) ??
			[]),
		...tableReferences(node, at),
		...webhookReferences(node, at(['path'])),
		...communityNode(node, at(['type'], base)),
	];
}

function workflowReferences(
	node: WorkflowNode,
	at: (keys: string[]) => ReferencePlace,
): Reference[] {
	const source = sourceOf(node);
	if (source !== null && source !== 'database') {
		const key = sourceKeys[source] ?? 'source';
		const value = node.parameters?.[key];
		const known = source === 'parameter' && embeddedWorkflow(node) !== null;
		const expression = typeof value === 'string' ? value : source;
		return known ? [] : [{ kind: 'dynamic', what: useOf(node), expression, ...at([key]) }];
	}
	return workflowSlots(node).flatMap(({ use, keys }): Reference[] => {
		const slot = readSlot(valueAt(node.parameters, keys));
		if (slot.kind === 'empty') return [];
		if (slot.kind === 'id') {
			return [{ kind: 'workflow', use, id: slot.id, name: slot.name, ...at(keys) }];
		}
		return selfExpression.test(slot.expression)
			? [{ kind: 'self', use, ...at(keys) }]
			: [{ kind: 'dynamic', what: use, expression: slot.expression, ...at(keys) }];
	});
}

const tableNode = /^n8n-nodes-base\.(dataTable|evaluation|evaluationTrigger)(Tool)?$/;

/** Where a node's parameters name a data table: none, or one place. */
export function tableSlot(node: WorkflowNode): string[][] {
	return tableNode.test(node.type) ? [['dataTableId']] : [];
}

function tableReferences(node: WorkflowNode, at: (keys: string[]) => ReferencePlace): Reference[] {
	if (tableSlot(node).length === 0) return [];
	const locator = valueAt(node.parameters, ['dataTableId']);
	const slot = readSlot(locator);
	const place = at(['dataTableId']);
	if (slot.kind === 'empty') return [];
	if (slot.kind === 'expression') {
		return [{ kind: 'dynamic', what: 'data-table', expression: slot.expression, ...place }];
	}
	const by = valueAt(locator, ['mode']) === 'name' ? 'name' : 'id';
	return [{ kind: 'data-table', by, value: slot.id, name: slot.name, ...place }];
}

function communityNode(node: WorkflowNode, place: ReferencePlace): Reference[] {
	const dot = node.type.lastIndexOf('.');
	const from = dot === -1 ? node.type : node.type.slice(0, dot);
	if (ownPackages.includes(from)) return [];
	const typeVersion = node.typeVersion ?? null;
	return [{ kind: 'community-node', type: node.type, package: from, typeVersion, ...place }];
}

function ofSettings({ settings = {} }: WorkflowContent): Reference[] {
	const workflow = (use: 'error' | 'caller', id: string, name: string): Reference => ({
		kind: 'workflow',
		use,
		id,
		name: null,
		place: `settings.${name}`,
		node: null,
		disabled: false,
	});
	const error = readSlot(settings['errorWorkflow']);
	const references = callerIdsOf(settings['callerIds']).map((id) =>
		workflow('caller', id, 'callerIds'),
	);
	// DEFAULT is n8n's word for none.
	if (error.kind === 'id' && error.id !== 'DEFAULT') {
		references.unshift(workflow('error', error.id, 'errorWorkflow'));
	}
	return references;
}
