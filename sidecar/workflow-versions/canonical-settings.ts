import type { JsonObject } from './json-path';
import { compareText } from './running-order';

/**
 * What n8n does, as shipped, when a setting is missing. A setting with this value and a missing one are the
 * same; writing it is also how a setting is put back that the API cannot unset.
 */
const settingDefaults: Readonly<JsonObject> = {
	binaryMode: 'separate',
	callerPolicy: 'workflowsFromSameOwner',
	saveDataErrorExecution: 'all',
	saveDataSuccessExecution: 'all',
	saveExecutionProgress: false,
	saveManualExecutions: true,
	executionTimeout: -1,
	redactionPolicy: 'none',
	availableInMCP: false,
};

/** n8n's word for "as the instance says". */
const asInstance = 'DEFAULT';
/** Only counted by statistics. */
const statistics = ['timeSavedMode', 'timeSavedPerExecution'];

export function splitSettings(settings: JsonObject): {
	behaviour: JsonObject;
	appearance: JsonObject;
} {
	const behaviour: JsonObject = {
		// Anything but v1 runs in the old order, also nothing.
		executionOrder: settings['executionOrder'] === 'v1' ? 'v1' : 'v0',
	};
	const appearance: JsonObject = {};
	for (const [name, value] of Object.entries(settings)) {
		if (name === 'executionOrder' || isUnset(name, value)) continue;
		if (statistics.includes(name)) appearance[name] = value;
		else if (name === 'callerIds') behaviour[name] = callerIdsOf(value);
		else behaviour[name] = value;
	}
	return { behaviour, appearance };
}

/** The workflows that may call this one, from n8n's comma list. */
export function callerIdsOf(value: unknown): string[] {
	if (typeof value !== 'string') return [];
	const ids = value.split(',').map((id) => id.trim());
	return [...new Set(ids)].filter((id) => id !== '').sort(compareText);
}

function isUnset(name: string, value: unknown): boolean {
	if (value === undefined || value === null || value === '' || value === asInstance) return true;
	if (Array.isArray(value) && value.length === 0) return true;
	if (name === 'callerIds') return callerIdsOf(value).length === 0;
	return value === settingDefaults[name];
}
