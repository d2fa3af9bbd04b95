import { isDeepStrictEqual } from 'node:util';
import type { EngineApi } from '../port/definitions';
import type { WorkflowContent, WorkflowNode } from '../port/workflow';
import { knownFields, settingsReset } from './api-fields';

type AcceptedFields = Pick<EngineApi, 'workflowFields' | 'settingsFields' | 'nodeFields'>;

/** An empty list of callers is stored as such: n8n cannot forget it, but it allows nobody. */
const unsetValues: Record<string, unknown> = { ...settingsReset, callerIds: '' };

/**
 * The body that replaces a draft (PUT). n8n refuses any field it does not know, so only accepted
 * ones are sent. It merges settings key by key, so those that are gone are unset by name, and those that
 * stay as they are need not be sent.
 * @param currentSettings what n8n holds now
 */
export function updateBody(
	content: WorkflowContent,
	currentSettings: Record<string, unknown>,
	accepted: AcceptedFields,
): Record<string, unknown> {
	const wanted = pick(content.settings, accepted.settingsFields ?? knownFields.settings);
	const settings = Object.fromEntries(
		Object.entries(wanted).filter(
			([name, value]) => !isDeepStrictEqual(value, currentSettings[name]),
		),
	);
	for (const [name, value] of Object.entries(unsetValues)) {
		if (!(name in wanted) && isSet(currentSettings[name])) settings[name] = value;
	}
	return pick(
		{
			name: content.name,
			nodes: content.nodes.map((node) => nodeBody(node, accepted)),
			connections: content.connections,
			settings,
			nodeGroups: content.nodeGroups,
			// Left out it would stay as it was.
			description: content.description ?? '',
		},
		accepted.workflowFields ?? knownFields.workflow,
	);
}

/** The body that creates a workflow (POST), which takes no description. */
export function createBody(
	content: WorkflowContent,
	accepted: AcceptedFields,
): Record<string, unknown> {
	const { description: _, ...body } = updateBody(content, {}, accepted);
	return body;
}

function nodeBody(node: WorkflowNode, accepted: AcceptedFields): Record<string, unknown> {
	const body = pick(node, accepted.nodeFields ?? knownFields.node);
	if (node.credentials !== undefined) {
		body['credentials'] = Object.fromEntries(
			Object.entries(node.credentials).flatMap(([type, credential]) =>
				isSet(credential) ? [[type, credentialBody(credential)]] : [],
			),
		);
	}
	return body;
}

/**
 * Workflows of old n8n versions give a credential as its bare name. Without an id n8n would bind any
 * credential of that type; an empty one is left alone.
 */
function credentialBody(credential: unknown): Record<string, unknown> {
	if (typeof credential !== 'object') return { id: '', name: String(credential) };
	const known: { id?: unknown } = credential ?? {};
	return { ...known, id: known.id ?? '' };
}

/** Null is left out too: n8n answers null for what is not set, and refuses it when sent back. */
function pick(from: object, names: readonly string[]): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(from).filter(
			([name, value]) => names.includes(name) && value !== undefined && value !== null,
		),
	);
}

function isSet(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}
