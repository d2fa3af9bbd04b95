import type { WorkflowNode } from '../engines/port/workflow';
import { isObject, type JsonObject } from './json-path';
import { cachedFields, withoutCachedFields } from './resource-locator';

export interface SplitNode {
	behaviour: JsonObject;
	appearance: JsonObject;
}

export const stickyNoteType = 'n8n-nodes-base.stickyNote';

export function isStickyNote(node: WorkflowNode): boolean {
	return node.type === stickyNoteType;
}

const flags = ['disabled', 'retryOnFail', 'continueOnFail', 'alwaysOutputData', 'executeOnce'];
/** What n8n runs with when the field is missing. */
const defaults: JsonObject = { maxTries: 3, waitBetweenTries: 1000 };
const looks = ['position', 'notes', 'notesInFlow', 'color', 'webhookId'];
/** Neither does nor shows anything: the id of the node and marks of the editor. */
const identity = ['id', 'createdAt', 'updatedAt', 'issues'];
const apart = ['name', 'type', 'typeVersion', 'parameters', 'credentials', 'onError'];

/** Tells what one node does from how it looks. Fields we do not know count as behaviour. */
export function splitNode(node: WorkflowNode): SplitNode {
	const credentials = splitCredentials(node.credentials);
	const parameters = node.parameters ?? {};
	const behaviour: JsonObject = {
		name: node.name,
		type: node.type,
		parameters: withoutCachedFields(parameters),
	};
	// A missing typeVersion means the newest the instance has, so it equals no number.
	if (typeof node.typeVersion === 'number') behaviour['typeVersion'] = node.typeVersion;
	if (Object.keys(credentials.used).length > 0) behaviour['credentials'] = credentials.used;
	// With the old continueOnFail beside it, an explicit stopWorkflow does change what happens.
	const stops = node['onError'] === 'stopWorkflow' && node['continueOnFail'] !== true;
	if (isSet(node['onError']) && !stops) behaviour['onError'] = node['onError'];

	const appearance: JsonObject = { name: node.name };
	for (const [field, value] of Object.entries(node)) {
		if (apart.includes(field) || identity.includes(field) || !isSet(value)) continue;
		if (looks.includes(field)) appearance[field] = value;
		else if (flags.includes(field) ? value === true : defaults[field] !== value) {
			behaviour[field] = value;
		}
	}
	const cached = cachedFields(parameters, 'parameters');
	if (cached.length > 0) appearance['cached'] = Object.fromEntries(cached);
	if (Object.keys(credentials.names).length > 0) appearance['credentials'] = credentials.names;
	for (const field of ['notes', 'notesInFlow']) {
		if (appearance[field] === '' || appearance[field] === false) delete appearance[field];
	}
	return { behaviour, appearance };
}

/** A credential is its id; its name only where there is no id (n8n then looks it up by name). */
function splitCredentials(credentials: unknown): { used: JsonObject; names: JsonObject } {
	const used: Array<[string, unknown]> = [];
	const names: Array<[string, unknown]> = [];
	for (const [type, value] of Object.entries(isObject(credentials) ? credentials : {})) {
		if (!isSet(value)) continue;
		const { id, name, ...others } = isObject(value) ? value : { name: value };
		const rest = withoutCachedFields(others) as JsonObject;
		if (isSet(id) && id !== '') {
			used.push([type, { ...rest, id }]);
			if (isSet(name)) names.push([type, name]);
		} else used.push([type, { ...rest, name: name ?? '' }]);
	}
	return { used: Object.fromEntries(used), names: Object.fromEntries(names) };
}

function isSet(value: unknown): boolean {
	return value !== undefined && value !== null;
}
