import type { WorkflowContent, WorkflowNode } from '../../../sidecar/engines/port/workflow';
import { fingerprint } from '../../../sidecar/workflow-versions/fingerprint';
import { agent, allFixtures, legacy, node, orderRouting, to, withNode } from './fixtures';

const digest = (content: WorkflowContent) => fingerprint(content).digest;
const look = (content: WorkflowContent) => fingerprint(content).appearanceDigest;

function keysReversed(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(keysReversed);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.reverse()
			.map(([key, field]) => [key, keysReversed(field)]),
	);
}

/** Every way to change one leaf of a JSON value. */
function mutations(value: unknown): unknown[] {
	if (Array.isArray(value)) {
		return [
			[...value, 'one more'],
			...value.flatMap((item, index) => mutations(item).map((other) => value.with(index, other))),
		];
	}
	if (typeof value === 'object' && value !== null) {
		return [
			{ ...value, 'one more': 1 },
			...Object.entries(value)
				.filter(([key]) => !key.startsWith('cachedResult'))
				.flatMap(([key, field]) => mutations(field).map((other) => ({ ...value, [key]: other }))),
		];
	}
	return [value === 'other' ? 'another' : 'other'];
}

describe('the digest of a workflow', () => {
	it.each(allFixtures())('does not depend on the order of keys or nodes: $name', (content) => {
		const shuffled = keysReversed(content) as WorkflowContent;
		expect(fingerprint({ ...shuffled, nodes: shuffled.nodes.toReversed() })).toEqual(
			fingerprint(content),
		);
	});

	it.each(allFixtures())('changes with every single parameter: $name', (content) => {
		const before = digest(content);
		const changed = content.nodes
			.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote')
			.flatMap(({ name, parameters }) =>
				mutations(parameters).map((other) =>
					withNode(content, name, { parameters: other as WorkflowNode['parameters'] }),
				),
			);
		expect(changed.length).toBeGreaterThan(content.nodes.length - 1);
		for (const other of changed) expect(digest(other)).not.toBe(before);
	});

	it.each<[string, Partial<WorkflowNode>]>([
		['its type', { type: 'n8n-nodes-base.graphql' }],
		['its typeVersion', { typeVersion: 4.1 }],
		['a missing typeVersion', { typeVersion: undefined }],
		['being disabled', { disabled: true }],
		['onError', { onError: 'continueErrorOutput' }],
		['tries', { maxTries: 2 }],
		['the wait between tries', { waitBetweenTries: 10 }],
		['always giving data', { alwaysOutputData: true }],
		['executing once', { executeOnce: true }],
		['another credential', { credentials: { httpHeaderAuth: { id: 'other', name: 'ERP' } } }],
		['a field we do not know', { somethingNew: { deep: 1 } }],
	])('changes with %s', (_, fields) => {
		expect(digest(withNode(orderRouting(), 'Book', fields))).not.toBe(digest(orderRouting()));
	});

	it('changes with a setting, a connection, and a node name', () => {
		const content = orderRouting();
		const { connections, settings } = content;
		const others = [
			{ ...content, settings: { ...settings, timezone: 'UTC' } },
			{ ...content, settings: { ...settings, executionTimeout: 60 } },
			{ ...content, settings: { ...settings, executionOrder: undefined } },
			{ ...content, settings: { ...settings, somethingNew: true } },
			{ ...content, connections: { ...connections, Book: { main: [to('Count')] } } },
			{ ...content, connections: { ...connections, Orders: { main: [[], to('Is large?')] } } },
			withNode(content, 'Count', { name: 'Counted' }),
		];
		for (const other of others) expect(digest(other)).not.toBe(digest(content));
	});

	it('stays with what n8n or its editor fills in', () => {
		const bare: WorkflowContent = {
			name: 'Bare',
			nodes: [
				{ name: 'A', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 },
				{ name: 'B', type: 'n8n-nodes-base.noOp', typeVersion: 1 },
			],
			connections: { A: { main: [to('B')] } },
			settings: {},
		};
		const filled: WorkflowContent = {
			...bare,
			nodes: bare.nodes.map((each) => ({
				...each,
				id: `id of ${each.name}`,
				webhookId: 'given',
				parameters: {},
				credentials: {},
				disabled: false,
				retryOnFail: false,
				maxTries: 3,
				waitBetweenTries: 1000,
				continueOnFail: false,
				alwaysOutputData: false,
				executeOnce: false,
				onError: 'stopWorkflow',
				notes: '',
			})),
			connections: { A: { main: [to('B'), null, []] }, B: { main: [] } },
			nodeGroups: [],
			settings: {
				executionOrder: 'v0',
				timezone: 'DEFAULT',
				errorWorkflow: '',
				callerIds: '',
				callerPolicy: 'workflowsFromSameOwner',
				executionTimeout: -1,
				saveExecutionProgress: false,
				saveManualExecutions: true,
				saveDataErrorExecution: 'all',
				saveDataSuccessExecution: 'all',
				binaryMode: 'separate',
				redactionPolicy: 'none',
				availableInMCP: false,
			},
		};
		expect(digest(filled)).toBe(digest(bare));
	});

	it('tells an explicit stop apart where the old continueOnFail stands beside it', () => {
		const stops = withNode(legacy(), 'Work', { onError: 'stopWorkflow' });
		expect(digest(stops)).not.toBe(digest(legacy()));
	});

	it('sees a credential given by name as the same in each of its spellings', () => {
		const spelled = (credential: unknown) =>
			digest(
				withNode(legacy(), 'Post', {
					credentials: { mattermostApi: credential } as WorkflowNode['credentials'],
				}),
			);
		expect(spelled({ id: null, name: 'Mattermost' })).toBe(digest(legacy()));
		expect(spelled({ id: '', name: 'Mattermost' })).toBe(digest(legacy()));
		expect(spelled({ id: null, name: 'Other' })).not.toBe(digest(legacy()));
	});

	it('takes the list of callers as a set', () => {
		const called = (callerIds: string) =>
			digest({ ...legacy(), settings: { callerPolicy: 'workflowsFromAList', callerIds } });
		expect(called('a, b')).toBe(called('b,a,'));
		expect(called('a')).not.toBe(called('a,b'));
	});

	it('can be told of text that holds half an emoji', () => {
		const halved = (text: string) =>
			digest(withNode(orderRouting(), 'Count', { parameters: { text } }));
		expect(halved('\ud83d')).toMatch(/^[0-9a-f]{64}$/);
		expect(halved('\ud83d')).not.toBe(halved('\ud83e'));
	});
});

describe('appearance', () => {
	it.each<[string, (content: WorkflowContent) => WorkflowContent]>([
		['the name', (content) => ({ ...content, name: 'Renamed' })],
		['the description', (content) => ({ ...content, description: 'What it is for' })],
		['a position', (content) => withNode(content, 'Book', { position: [401, 201] })],
		['notes', (content) => withNode(content, 'Book', { notes: 'why', notesInFlow: true })],
		['a webhook id', (content) => withNode(content, 'Orders', { webhookId: 'another' })],
		['a sticky note', (content) => withNode(content, 'Why', { parameters: { content: 'x' } })],
		[
			'the cached name of a credential',
			(content) =>
				withNode(content, 'Book', {
					credentials: { httpHeaderAuth: { id: 'ErpCred000000001', name: 'New name' } },
				}),
		],
		[
			'the cached name of a chosen resource',
			(content) =>
				withNode(content, 'Ask a person', {
					parameters: {
						...content.nodes[2]?.parameters,
						channelId: { __rl: true, mode: 'list', value: 'C042', cachedResultName: 'renamed' },
					},
				}),
		],
		[
			'time saved',
			(content) => ({ ...content, settings: { ...content.settings, timeSavedPerExecution: 5 } }),
		],
	])('changes with %s, behaviour does not', (_, change) => {
		expect(digest(change(orderRouting()))).toBe(digest(orderRouting()));
		expect(look(change(orderRouting()))).not.toBe(look(orderRouting()));
	});

	it('does not change with ids of nodes, also not that of a group', () => {
		const content = agent();
		const renumbered = {
			...content,
			nodes: content.nodes.map((each) => ({ ...each, id: `new ${String(each['id'])}` })),
			nodeGroups: [
				{ id: 'other', name: 'Answering', nodeIds: ['new g2', 'new g3', 'new g4', 'new g6'] },
			],
		};
		expect(fingerprint(renumbered)).toEqual(fingerprint(content));
		const regrouped = {
			...content,
			nodeGroups: [{ id: 'group', name: 'Answering', nodeIds: ['g2'] }],
		};
		expect(look(regrouped)).not.toBe(look(content));
		expect(digest(regrouped)).toBe(digest(content));
	});
});

describe('the order in which targets run', () => {
	const fanOut = (places: Array<[number, number]>, executionOrder: string): WorkflowContent => ({
		name: 'Fan out',
		nodes: [
			node('Source', 'n8n-nodes-base.manualTrigger'),
			...places.map((position, index) => node(`T${index}`, 'n8n-nodes-base.noOp', { position })),
		],
		connections: { Source: { main: [to('T0', 'T1'), to('T2')] } },
		settings: { executionOrder },
	});
	const v1 = (...places: Array<[number, number]>) => digest(fanOut(places, 'v1'));
	const v0 = (...places: Array<[number, number]>) => digest(fanOut(places, 'v0'));

	it('counts as behaviour when moving nodes changes it', () => {
		expect(v1([0, 100], [0, 0], [0, 200])).not.toBe(v1([0, 0], [0, 100], [0, 200]));
		expect(v1([50, 0], [0, 0], [0, 200])).not.toBe(v1([0, 0], [50, 0], [0, 200]));
	});

	it('goes over all outputs of a node', () => {
		expect(v1([0, 0], [0, 200], [0, 100])).not.toBe(v1([0, 0], [0, 100], [0, 200]));
	});

	it('does not change when nodes move without passing each other', () => {
		expect(v1([10, -50], [900, 130], [7, 131])).toBe(v1([0, 0], [0, 100], [0, 200]));
	});

	it('is the listed one before execution order v1', () => {
		const content = fanOut(
			[
				[0, 0],
				[0, 100],
				[0, 200],
			],
			'v0',
		);
		const relisted = { ...content, connections: { Source: { main: [to('T1', 'T0'), to('T2')] } } };
		expect(v0([0, 100], [0, 0], [0, 200])).toBe(digest(content));
		expect(digest(relisted)).not.toBe(digest(content));
		expect(digest({ ...relisted, settings: { executionOrder: 'v1' } })).toBe(
			digest({ ...content, settings: { executionOrder: 'v1' } }),
		);
	});

	it('does not exist for tools of an agent', () => {
		const { connections, ...rest } = agent();
		const several = (...names: string[]) =>
			digest({
				...rest,
				connections: {
					...connections,
					Rows: { ai_tool: [names.map((name) => ({ node: name, type: 'ai_tool', index: 0 }))] },
				},
			});
		expect(several('Agent', 'Keep')).toBe(several('Keep', 'Agent'));
	});
});
