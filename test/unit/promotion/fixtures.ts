import type { EngineApi } from '../../../sidecar/engines/port/definitions';
import type { EngineWorkflow, WorkflowContent } from '../../../sidecar/engines/port/workflow';
import type { PlanInput } from '../../../sidecar/promotion/make-plan';
import { noMappings, type PlannedChange, type Step } from '../../../sidecar/promotion/promotion';
import type { TargetState } from '../../../sidecar/promotion/target-state';
import { fingerprint } from '../../../sidecar/workflow-versions/fingerprint';
import type { WorkflowVersion } from '../../../sidecar/workflow-versions/version';
import { node } from '../workflow-versions/fixtures';

export { node };

export function content(
	name: string,
	nodes: WorkflowContent['nodes'],
	settings: WorkflowContent['settings'] = { executionOrder: 'v1' },
): WorkflowContent {
	return { name, nodes, connections: {}, settings };
}

export const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger');

export function calling(id: string, name = 'Call') {
	return node(name, 'n8n-nodes-base.executeWorkflow', {
		typeVersion: 1.2,
		parameters: { workflowId: { __rl: true, mode: 'id', value: id } },
	});
}

export function webhook(path: string, fields: object = {}) {
	return node('Webhook', 'n8n-nodes-base.webhook', {
		typeVersion: 2,
		parameters: { httpMethod: 'POST', path },
		...fields,
	});
}

export function withKey(id: string | null, name = 'Key') {
	return node('Call out', 'n8n-nodes-base.httpRequest', {
		credentials: { httpHeaderAuth: { id, name } },
	});
}

/** A version of a workflow whose id in the source is `dev-<key>`. */
export function version(key: string, of: WorkflowContent): WorkflowVersion {
	return {
		id: `version of ${key}`,
		workflowKey: key,
		number: 1,
		origin: null,
		labels: [],
		...fingerprint(of),
		content: of,
		tags: [],
		active: true,
		message: null,
		environment: 'dev',
		workflowId: `dev-${key}`,
		createdBy: 'ada',
		createdAt: new Date('2031-04-01T12:00:00.000Z'),
	};
}

export function inTarget(
	id: string,
	of: WorkflowContent,
	more: Partial<EngineWorkflow> = {},
): EngineWorkflow {
	const { nodes, connections } = of;
	return {
		id,
		content: of,
		draftVersionId: `${id} draft`,
		live: { versionId: `${id} draft`, graph: { nodes, connections } },
		tags: [],
		archived: false,
		changeCounter: 1,
		updatedAt: '2031-04-01T12:00:00.000Z',
		staticData: null,
		pinData: null,
		...more,
	};
}

export const api: EngineApi = {
	digest: 'api',
	workflowFields: null,
	settingsFields: null,
	nodeFields: null,
	settingsReset: { timezone: 'DEFAULT', errorWorkflow: 'DEFAULT', executionTimeout: -1 },
};

export function target(
	workflows: EngineWorkflow[] = [],
	more: Partial<Omit<TargetState, 'workflows'>> = {},
): TargetState {
	return {
		workflows: new Map(workflows.map((workflow) => [workflow.id, workflow])),
		credentials: [],
		api,
		bindings: new Map(),
		...more,
	};
}

/** The plan of these versions, leaves first, into this target. */
export function planInput(
	versions: WorkflowVersion[],
	into: TargetState,
	more: Partial<PlanInput> = {},
): PlanInput {
	return {
		release: {
			id: 'release',
			environment: 'dev',
			digest: 'digest of the release',
			message: null,
			manifest: versions.map(({ workflowKey, id, digest, content: { name } }) => ({
				workflowKey,
				workflowId: `dev-${workflowKey}`,
				versionId: id,
				name,
				digest,
				requested: true,
			})),
			createdBy: 'ada',
			createdAt: new Date('2031-04-01T12:00:00.000Z'),
		},
		versions,
		source: {},
		sameEnvironment: false,
		mappings: noMappings,
		publish: true,
		target: into,
		...more,
	};
}

export function change(key: string, more: Partial<PlannedChange> = {}): PlannedChange {
	return {
		workflowKey: key,
		sourceWorkflowId: `dev-${key}`,
		name: key,
		versionId: `version of ${key}`,
		action: 'update',
		targetWorkflowId: `prod-${key}`,
		publish: true,
		unpublish: false,
		circle: false,
		thenDraft: null,
		before: null,
		diff: '',
		...more,
	};
}

export function step(index: number, status: Step['status'], more: Partial<Step> = {}): Step {
	return {
		index,
		workflowKey: 'a',
		action: 'stage',
		status,
		result: null,
		message: null,
		startedAt: null,
		finishedAt: null,
		...more,
	};
}

export const codesOf = (findings: Array<{ code: string }>) => findings.map(({ code }) => code);
