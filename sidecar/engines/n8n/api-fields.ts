import { createHash } from 'node:crypto';
import { digestOf } from '../../kernel/canonical-json';
import { isOrchestrationError } from '../../kernel/errors';
import type { EngineApi } from '../port/definitions';
import { discover, getOpenApi, type Discovery } from './instance-endpoints';
import type { N8nTransport } from './transport';

/** Fields that PUT of n8n 2.40 takes in: used where an instance does not say. */
export const knownFields = {
	workflow: ['name', 'nodes', 'connections', 'settings', 'nodeGroups', 'description'],
	settings: [
		'saveExecutionProgress',
		'saveManualExecutions',
		'saveDataErrorExecution',
		'saveDataSuccessExecution',
		'executionTimeout',
		'errorWorkflow',
		'timezone',
		'executionOrder',
		'callerPolicy',
		'callerIds',
		'timeSavedMode',
		'timeSavedPerExecution',
		'redactionPolicy',
		'availableInMCP',
	],
	node: [
		'id',
		'name',
		'webhookId',
		'disabled',
		'notesInFlow',
		'notes',
		'type',
		'typeVersion',
		'executeOnce',
		'customTelemetryTags',
		'alwaysOutputData',
		'retryOnFail',
		'maxTries',
		'waitBetweenTries',
		'continueOnFail',
		'onError',
		'position',
		'parameters',
		'credentials',
	],
} as const satisfies Record<string, readonly string[]>;

/** Values that make n8n forget a setting; the other settings can only be overwritten. */
export const settingsReset: Record<string, unknown> = {
	errorWorkflow: 'DEFAULT',
	timezone: 'DEFAULT',
	executionTimeout: -1,
};

/** Asks the instance which fields it takes in; the digest covers what its workflow API accepts. */
export async function describeApi(transport: N8nTransport): Promise<EngineApi> {
	try {
		return apiOfDiscovery(await discover(transport, 'workflow'));
	} catch (error) {
		if (!isOrchestrationError(error, 'capability_missing')) throw error;
	}
	// An n8n without /discover: its document still tells when something changed.
	const text = (await getOpenApi(transport)) ?? '';
	return {
		digest: createHash('sha256').update(text).digest('hex'),
		workflowFields: null,
		settingsFields: null,
		nodeFields: null,
		settingsReset,
	};
}

/** Pure: reads the answer of /discover. */
export function apiOfDiscovery(discovery: Discovery): EngineApi {
	const endpoints = discovery.resources['workflow']?.endpoints ?? [];
	const update = endpoints.find(({ operationId }) => operationId === 'updateWorkflow');
	const fields = update?.requestSchema?.properties ?? null;
	return {
		digest: digestOf(
			endpoints
				.map(({ method, path, requestSchema }) => ({
					method,
					path,
					accepts: withoutProse(requestSchema ?? null),
				}))
				.sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1)),
		),
		workflowFields: writable(fields),
		settingsFields: writable(propertiesOf(fields?.['settings'])),
		nodeFields: writable(propertiesOf(field(fields?.['nodes'], 'items'))),
		settingsReset,
	};
}

function writable(properties: Record<string, unknown> | null): string[] | null {
	if (properties === null) return null;
	return Object.keys(properties)
		.filter((name) => field(properties[name], 'readOnly') !== true)
		.sort();
}

function propertiesOf(schema: unknown): Record<string, unknown> | null {
	const properties = field(schema, 'properties');
	return isRecord(properties) ? properties : null;
}

function field(value: unknown, name: string): unknown {
	return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A reworded description is no change of the API. */
function withoutProse(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(withoutProse);
	if (!isRecord(schema)) return schema;
	return Object.fromEntries(
		Object.entries(schema)
			.filter(([key, value]) => !(isProse(key) && !isRecord(value)))
			.map(([key, value]) => [key, withoutProse(value)]),
	);
}

function isProse(key: string): boolean {
	return key === 'description' || key === 'example';
}
