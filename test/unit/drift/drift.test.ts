import { driftOf, type Drift, type ExpectedState } from '../../../sidecar/drift/drift';
import {
	isAsRemembered,
	printsOf,
	rememberingPrints,
	graphPrint,
} from '../../../sidecar/drift/prints';
import type { EngineWorkflow, WorkflowContent } from '../../../sidecar/engines/port/workflow';

const content: WorkflowContent = {
	name: 'Order intake',
	description: 'takes orders in',
	nodes: [
		{
			id: 'a',
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			webhookId: 'w-1',
			parameters: { path: 'orders', httpMethod: 'POST', options: {} },
		},
		{
			id: 'b',
			name: 'Work',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			position: [200, 0],
			parameters: { jsCode: 'return 1;' },
		},
		{
			id: 'c',
			name: 'Send',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [400, 0],
			parameters: { url: 'https://example.com', options: {} },
			credentials: { httpHeaderAuth: { id: 'cred-1', name: 'Key' } },
			notes: 'sends it',
		},
	],
	connections: {
		Webhook: { main: [[{ node: 'Work', type: 'main', index: 0 }]] },
		Work: { main: [[{ node: 'Send', type: 'main', index: 0 }]] },
	},
	settings: { executionOrder: 'v1', timezone: 'Europe/Berlin' },
};

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const there = new Set(['cred-1', 'cred-2']);

const expected: ExpectedState = {
	draft: content,
	live: content,
	tags: ['orders', 'core'],
	credentials: ['cred-1'],
};

/** Published as it is expected to be. */
function actual(): EngineWorkflow {
	const { nodes, connections } = copy(content);
	return {
		id: 'wf',
		content: copy(content),
		draftVersionId: 'v1',
		live: { versionId: 'v1', graph: { nodes, connections } },
		tags: [
			{ id: 't1', name: 'core' },
			{ id: 't2', name: 'orders' },
		],
		archived: false,
		changeCounter: 3,
		updatedAt: '2031-04-01T12:00:00.000Z',
		staticData: null,
		pinData: null,
	};
}

/** Saved and published: draft and live get the change. */
function both(change: (graph: Pick<WorkflowContent, 'nodes' | 'connections'>) => void) {
	return (workflow: EngineWorkflow) => {
		change(workflow.content);
		workflow.draftVersionId = 'v2';
		if (workflow.live) {
			change(workflow.live.graph);
			workflow.live.versionId = 'v2';
		}
	};
}
const node = (graph: Pick<WorkflowContent, 'nodes'>, name: string) => {
	const found = graph.nodes.find((each) => each.name === name);
	if (!found) throw new Error(`no node ${name}`);
	return found;
};

type Change = (workflow: EngineWorkflow) => void;
const changes: Array<[string, Change, Array<[Drift['kind'], Drift['weight']]>]> = [
	[
		'other code, live',
		both((g) => (node(g, 'Work').parameters = { jsCode: 'return 2;' })),
		[['live', 'behaviour']],
	],
	[
		'a node disabled, live',
		both((g) => (node(g, 'Send').disabled = true)),
		[['live', 'behaviour']],
	],
	[
		'another type version',
		both((g) => (node(g, 'Send').typeVersion = 4.1)),
		[['live', 'behaviour']],
	],
	[
		'another error handling',
		both((g) => (node(g, 'Send')['onError'] = 'continueErrorOutput')),
		[['live', 'behaviour']],
	],
	['retries', both((g) => (node(g, 'Send')['retryOnFail'] = true)), [['live', 'behaviour']]],
	[
		'another path',
		both((g) => (node(g, 'Webhook').parameters = { path: 'p', httpMethod: 'POST' })),
		[['live', 'behaviour']],
	],
	[
		'a node added',
		both((g) => g.nodes.push({ name: 'New', type: 'n8n-nodes-base.noOp', position: [0, 9] })),
		[['live', 'behaviour']],
	],
	[
		'a node removed',
		both((g) => {
			g.nodes.pop();
			delete g.connections['Work'];
		}),
		[['live', 'behaviour']],
	],
	['a wire cut', both((g) => delete g.connections['Work']), [['live', 'behaviour']]],
	[
		'credentials rebound',
		both(
			(g) => (node(g, 'Send').credentials = { httpHeaderAuth: { id: 'cred-2', name: 'Other' } }),
		),
		[['credentials', 'behaviour']],
	],
	['a node moved', both((g) => (node(g, 'Send').position = [1, 1])), [['look', 'appearance']]],
	['a note', both((g) => (node(g, 'Send')['notes'] = 'other')), [['look', 'appearance']]],
	[
		'a sticky note',
		both((g) =>
			g.nodes.push({
				name: 'S',
				type: 'n8n-nodes-base.stickyNote',
				position: [0, 0],
				parameters: { content: 'x' },
			}),
		),
		[['look', 'appearance']],
	],
	[
		'an edit that is not published',
		(w) => {
			node(w.content, 'Work').parameters = { jsCode: 'return 3;' };
			w.draftVersionId = 'v2';
		},
		[['draft', 'behaviour']],
	],
	[
		'a draft that only looks different',
		(w) => (node(w.content, 'Work').position = [7, 7]),
		[['draft', 'appearance']],
	],
	[
		'other settings',
		(w) => (w.content.settings['timezone'] = 'Asia/Tokyo'),
		[['settings', 'behaviour']],
	],
	[
		'an error workflow',
		(w) => (w.content.settings['errorWorkflow'] = 'x'),
		[['settings', 'behaviour']],
	],
	['a setting gone', (w) => delete w.content.settings['timezone'], [['settings', 'behaviour']]],
	['another name', (w) => (w.content.name = 'Orders'), [['name', 'appearance']]],
	['another description', (w) => (w.content.description = 'x'), [['description', 'appearance']]],
	['a tag gone', (w) => w.tags.pop(), [['tags', 'appearance']]],
	['a tag more', (w) => w.tags.push({ id: 't3', name: 'new' }), [['tags', 'appearance']]],
	['unpublished', (w) => (w.live = null), [['unpublished', 'behaviour']]],
	[
		'archived',
		(w) => {
			w.live = null;
			w.archived = true;
		},
		[['archived', 'behaviour']],
	],
	[
		'several at once',
		(w) => {
			w.live = null;
			w.content.name = 'x';
			w.content.settings = {};
			w.tags = [];
		},
		[
			['unpublished', 'behaviour'],
			['settings', 'behaviour'],
			['name', 'appearance'],
			['tags', 'appearance'],
		],
	],
];

const told = (drifts: Drift[]) => drifts.map(({ kind, weight }) => [kind, weight]);

it.each(changes)('finds %s', (_, change, kinds) => {
	const workflow = actual();
	change(workflow);
	const drifts = driftOf(expected, workflow, there);
	expect(told(drifts)).toEqual(kinds);
	expect(drifts.every(({ diff }) => diff.length > 0)).toBe(true);
	const prints = { draft: printsOf(content), live: graphPrint(content) };
	const byPrints = kinds.every(([kind]) => kind === 'tags');
	expect(isAsRemembered(prints, workflow, rememberingPrints())).toBe(byPrints);
});

it('finds one that is gone, one published though it was not to be, and a deleted credential', () => {
	expect(told(driftOf(expected, null, there))).toEqual([['deleted', 'behaviour']]);
	const draftOnly = { ...expected, live: null };
	expect(told(driftOf(draftOnly, actual(), there))).toEqual([['published', 'behaviour']]);
	const gone = driftOf(expected, actual(), new Set());
	expect(told(gone)).toEqual([['credential-gone', 'behaviour']]);
	expect(gone[0]?.diff).toContain('nodes[Send]');
	// It was missing when it was promoted already.
	expect(driftOf({ ...expected, credentials: [] }, actual(), new Set())).toEqual([]);
});

it('leaves a draft alone that was promoted as such beside another live version', () => {
	const draft = copy(content);
	node(draft, 'Work').parameters = { jsCode: 'return 9;' };
	const workflow = actual();
	workflow.content = copy(draft);
	workflow.draftVersionId = 'v2';
	expect(driftOf({ ...expected, draft }, workflow, there)).toEqual([]);
});

it('names the same drift by the same state, and another one by another', () => {
	const edited = (jsCode: string) => {
		const workflow = actual();
		node(workflow.content, 'Work').parameters = { jsCode };
		return driftOf(expected, workflow, there)[0]?.state;
	};
	expect(edited('a')).toBe(edited('a'));
	expect(edited('a')).not.toBe(edited('b'));
});

it('never shows a secret in a difference', () => {
	const workflow = actual();
	node(workflow.content, 'Send').parameters = {
		url: 'https://example.com',
		headerParameters: {
			parameters: [{ name: 'Authorization', value: 'Bearer sk-live-4242424242424242' }],
		},
	};
	expect(JSON.stringify(driftOf(expected, workflow, there))).not.toContain('4242424242');
});

/** What n8n, its editor or a save without a change does to a workflow. */
const noOps: Change[] = [
	(w) => (w.updatedAt = '2032-01-01T00:00:00.000Z'),
	(w) => (w.changeCounter = 99),
	(w) => (w.draftVersionId = 'another-version-of-the-same'),
	(w) => w.live && (w.live.versionId = 'published-again'),
	(w) => (w.staticData = { lastId: 5 }),
	(w) => (w.pinData = { Webhook: [{ json: {} }] }),
	(w) => w.content.nodes.reverse(),
	(w) => w.live?.graph.nodes.reverse(),
	(w) => w.content.nodes.forEach((each, index) => (each['id'] = `other-${index}`)),
	(w) => (w.content.settings['saveManualExecutions'] = true),
	(w) => (w.content.settings['callerPolicy'] = 'workflowsFromSameOwner'),
	(w) => (w.content.settings['executionTimeout'] = -1),
	(w) => (w.content.settings['errorWorkflow'] = ''),
	(w) => (w.content.settings['binaryMode'] = 'separate'),
	(w) => (node(w.content, 'Work')['onError'] = 'stopWorkflow'),
	(w) => (node(w.content, 'Work')['disabled'] = false),
	(w) => (node(w.content, 'Work')['retryOnFail'] = false),
	(w) => (node(w.content, 'Work')['maxTries'] = 3),
	(w) => (node(w.content, 'Work')['notes'] = ''),
	(w) => w.tags.reverse(),
	(w) => (w.content.nodeGroups = []),
	(w) => {
		w.content.connections = Object.fromEntries(Object.entries(w.content.connections).reverse());
	},
	(w) => {
		const sorted = Object.entries(node(w.content, 'Webhook').parameters ?? {}).reverse();
		node(w.content, 'Webhook').parameters = Object.fromEntries(sorted);
	},
];

it('raises no alarm at 200 saves that change nothing', () => {
	let seed = 7;
	const random = (below: number) => {
		seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
		return seed % below;
	};
	for (let save = 0; save < 200; save += 1) {
		const workflow = actual();
		// The first ones alone, then mixtures.
		const many = save < noOps.length ? 1 : 1 + random(8);
		for (let turn = 0; turn < many; turn += 1) {
			noOps[save < noOps.length ? save : random(noOps.length)]?.(workflow);
		}
		expect(driftOf(expected, workflow, there)).toEqual([]);
		const prints = { draft: printsOf(content), live: graphPrint(content) };
		expect(isAsRemembered(prints, workflow, rememberingPrints())).toBe(true);
	}
});
