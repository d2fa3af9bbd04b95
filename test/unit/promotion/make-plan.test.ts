import { makePlan } from '../../../sidecar/promotion/make-plan';
import { noMappings } from '../../../sidecar/promotion/promotion';
import { emptyInventory } from '../../../sidecar/promotion/source-inventory';
import {
	api,
	calling,
	content,
	inTarget,
	node,
	planInput,
	start,
	target,
	version,
	webhook,
	withKey,
} from './fixtures';

const codesOf = (findings: Array<{ code: string }>) => findings.map(({ code }) => code);

describe('credentials', () => {
	const asks = (id: string | null) => [version('a', content('A', [start, withKey(id)]))];
	const credentials = [
		{ id: 'prod-1', name: 'One', type: 'httpHeaderAuth' },
		{ id: 'prod-2', name: 'Two', type: 'httpHeaderAuth' },
		{ id: 'prod-3', name: 'Other type', type: 'httpBasicAuth' },
	];
	const into = target([], { credentials });
	const mapped = (to: string) => ({
		mappings: { ...noMappings, credentials: { 'dev-1': to } },
	});

	it('block while unmapped, with the place and those of the same type to choose from', () => {
		const { blockers } = makePlan(planInput(asks('dev-1'), into));
		expect(blockers).toMatchObject([
			{
				code: 'credential_unmapped',
				workflowKey: 'a',
				place: 'nodes[Call out].credentials.httpHeaderAuth',
				candidates: [
					{ id: 'prod-1', name: 'One' },
					{ id: 'prod-2', name: 'Two' },
				],
			},
		]);
	});

	it('say that there is none of the type yet', () => {
		const { blockers } = makePlan(planInput(asks('dev-1'), target()));
		expect(blockers[0]?.message).toContain('after making one of this type in the target');
	});

	it('block when mapped to what is not there, or is of another type', () => {
		for (const wrong of ['nowhere', 'prod-3']) {
			const { blockers } = makePlan(planInput(asks('dev-1'), into, mapped(wrong)));
			expect(codesOf(blockers)).toEqual(['credential_mapping_invalid']);
		}
	});

	it('are bound as mapped, and sealed by type and name', () => {
		const plan = makePlan(planInput(asks('dev-1'), into, mapped('prod-2')));
		expect(plan.blockers).toEqual([]);
		expect(plan.credentials).toEqual({ 'dev-1': { id: 'prod-2', name: 'Two' } });
		expect(plan.seal.credentials).toEqual({ 'prod-2': '"Two" (httpHeaderAuth)' });
	});

	it('with the same id in the target are the same', () => {
		const plan = makePlan(planInput(asks('prod-1'), into));
		expect(plan.blockers).toEqual([]);
		expect(plan.credentials).toEqual({ 'prod-1': { id: 'prod-1', name: 'One' } });
	});

	it('without an id block, since n8n would bind any', () => {
		expect(codesOf(makePlan(planInput(asks(null), into)).blockers)).toEqual([
			'credential_without_id',
		]);
	});

	it('of a disabled node need not be there, but are bound where they are', () => {
		const disabled = (id: string) => [
			version('a', content('A', [start, { ...withKey(id), disabled: true }])),
		];
		expect(makePlan(planInput(disabled('dev-1'), into)).blockers).toEqual([]);
		const plan = makePlan(planInput(disabled('dev-1'), into, mapped('prod-1')));
		expect(plan.credentials).toEqual({ 'dev-1': { id: 'prod-1', name: 'One' } });
	});

	it('that are named like a method of every object are nothing special', () => {
		expect(codesOf(makePlan(planInput(asks('constructor'), into)).blockers)).toEqual([
			'credential_unmapped',
		]);
	});

	it('declared literal stay as they are', () => {
		const literal = { mappings: { ...noMappings, literals: ['dev-1'] } };
		expect(makePlan(planInput(asks('dev-1'), into, literal)).blockers).toEqual([]);
	});
});

describe('the workflow in the target', () => {
	const versions = [version('a', content('A', [start]))];
	const bound = { bindings: new Map([['a', 'prod-a']]) };

	it('is a new one when nothing stands for it', () => {
		const { changes, blockers } = makePlan(planInput(versions, target()));
		expect(blockers).toEqual([]);
		expect(changes).toMatchObject([{ action: 'create', targetWorkflowId: null, publish: true }]);
	});

	it('is asked for when one has its name that was never promoted to', () => {
		const there = inTarget('prod-x', content('A', [start]));
		const { blockers } = makePlan(planInput(versions, target([there])));
		expect(blockers).toMatchObject([
			{ code: 'workflow_name_taken', candidates: [{ id: 'prod-x', name: 'A' }] },
		]);
	});

	it('may have an archived namesake', () => {
		const there = inTarget('prod-x', content('A', [start]), { archived: true });
		expect(makePlan(planInput(versions, target([there]))).blockers).toEqual([]);
	});

	it('blocks when it is gone, or archived', () => {
		const archived = inTarget('prod-a', content('A', [start]), { archived: true });
		expect(codesOf(makePlan(planInput(versions, target([], bound))).blockers)).toEqual([
			'workflow_gone',
		]);
		expect(codesOf(makePlan(planInput(versions, target([archived], bound))).blockers)).toEqual([
			'workflow_archived',
		]);
	});

	it('is the mapped one rather than the bound one, or a new one if that is wanted', () => {
		const into = target(
			[inTarget('prod-a', content('A', [start])), inTarget('prod-b', content('B', [start]))],
			bound,
		);
		const to = (id: string) => ({ mappings: { ...noMappings, workflows: { 'dev-a': id } } });
		expect(makePlan(planInput(versions, into, to('prod-b'))).changes).toMatchObject([
			{ targetWorkflowId: 'prod-b' },
		]);
		expect(makePlan(planInput(versions, into, to('create'))).changes).toMatchObject([
			{ action: 'create', targetWorkflowId: null },
		]);
	});

	it('cannot be two workflows of the release', () => {
		const two = [...versions, version('b', content('B', [start]))];
		const both = { ...noMappings, workflows: { 'dev-a': 'prod-x', 'dev-b': 'prod-x' } };
		const into = target([inTarget('prod-x', content('X', [start]))]);
		expect(codesOf(makePlan(planInput(two, into, { mappings: both })).blockers)).toEqual([
			'workflow_mapped_twice',
		]);
	});

	it('has nothing to be done when it is equal and live', () => {
		const same = inTarget('prod-a', content('A', [start]));
		expect(makePlan(planInput(versions, target([same], bound))).changes).toMatchObject([
			{ action: 'none' },
		]);
		const idle = inTarget('prod-a', content('A', [start]), { live: null });
		expect(makePlan(planInput(versions, target([idle], bound))).changes).toMatchObject([
			{ action: 'update', diff: '+ published as it is' },
		]);
	});

	it('counts as live when another version with the same content is', () => {
		const { nodes, connections } = content('A', [start]);
		const again = inTarget('prod-a', content('A', [start]), {
			live: { versionId: 'an older one', graph: { nodes, connections } },
		});
		const plan = makePlan(planInput(versions, target([again], bound)));
		expect(plan.changes).toMatchObject([{ action: 'none' }]);
		expect(plan.warnings).toEqual([]);
	});

	it('warns of an edit there that was never published', () => {
		const edited = inTarget('prod-a', content('A', [start, node('Mine', 'n8n-nodes-base.noOp')]), {
			live: { versionId: 'live', graph: { nodes: [start], connections: {} } },
		});
		expect(codesOf(makePlan(planInput(versions, target([edited], bound))).warnings)).toEqual([
			'target_has_unpublished_draft',
		]);
	});
});

describe('what a workflow names', () => {
	it('blocks when it is no part of the release, with namesakes to choose from', () => {
		const call = calling('dev-other');
		call.parameters = {
			workflowId: { __rl: true, mode: 'list', value: 'dev-other', cachedResultName: 'Other' },
		};
		const into = target([inTarget('prod-o', content('Other', [start]))]);
		const versions = [version('a', content('A', [start, call]))];
		expect(makePlan(planInput(versions, into)).blockers).toMatchObject([
			{
				code: 'workflow_unmapped',
				place: 'nodes[Call].parameters.workflowId',
				candidates: [{ id: 'prod-o', name: 'Other' }],
			},
		]);
	});

	it('only warns in a disabled node', () => {
		const call = { ...calling('dev-other'), disabled: true };
		const plan = makePlan(planInput([version('a', content('A', [start, call]))], target()));
		expect([codesOf(plan.blockers), codesOf(plan.warnings)]).toEqual([[], ['workflow_unmapped']]);
	});

	it('blocks when it is mapped to a workflow that is not published', () => {
		const idle = inTarget('prod-o', content('Other', [start]), { live: null });
		const versions = [version('a', content('A', [start, calling('dev-other')]))];
		const mappings = { ...noMappings, workflows: { 'dev-other': 'prod-o' } };
		const input = planInput(versions, target([idle]), { mappings });
		expect(codesOf(makePlan(input).blockers)).toEqual(['called_workflow_unpublished']);
		expect(makePlan({ ...input, publish: false }).blockers).toEqual([]);
	});

	it('only warns of an error workflow that is not published', () => {
		const idle = inTarget('prod-e', content('Errors', [start]), { live: null });
		const settings = { executionOrder: 'v1', errorWorkflow: 'dev-errors' };
		const versions = [version('a', content('A', [start], settings))];
		const mappings = { ...noMappings, workflows: { 'dev-errors': 'prod-e' } };
		const plan = makePlan(planInput(versions, target([idle]), { mappings }));
		expect([codesOf(plan.blockers), codesOf(plan.warnings)]).toEqual([
			[],
			['error_workflow_unpublished'],
		]);
	});

	it('blocks for a data table until it is declared literal', () => {
		const table = node('Table', 'n8n-nodes-base.dataTable', {
			parameters: { dataTableId: { __rl: true, mode: 'id', value: 'table-1' } },
		});
		const versions = [version('a', content('A', [start, table]))];
		expect(codesOf(makePlan(planInput(versions, target())).blockers)).toEqual([
			'data_table_unmapped',
		]);
		const literal = { mappings: { ...noMappings, literals: ['table-1'] } };
		expect(makePlan(planInput(versions, target(), literal)).blockers).toEqual([]);
	});

	it('is found in code and expressions too, where it is not rewritten', () => {
		const code = node('Code', 'n8n-nodes-base.code', {
			parameters: { jsCode: 'return fetch("/workflow/dev-a/x" + "SourceCred000001")' },
		});
		const into = target([], {
			credentials: [{ id: 'prod-1', name: 'One', type: 'httpHeaderAuth' }],
		});
		const mappings = { ...noMappings, credentials: { SourceCred000001: 'prod-1' } };
		// The credential is named in the second workflow, its id stands in the code of the first.
		const versions = [
			version('a', content('A', [start, code])),
			version('b', content('B', [start, withKey('SourceCred000001')])),
		];
		const { blockers } = makePlan(planInput(versions, into, { mappings }));
		expect(blockers.map(({ code: found, place }) => [found, place])).toEqual([
			['stray_id', 'nodes[Code].parameters.jsCode'],
			['stray_id', 'nodes[Code].parameters.jsCode'],
		]);
		const literals = ['dev-a', 'SourceCred000001'];
		expect(
			makePlan(planInput(versions, into, { mappings: { ...mappings, literals } })).blockers,
		).toEqual([]);
	});

	it('may be a literal id that is the same in the target', () => {
		const code = node('Code', 'n8n-nodes-base.code', {
			parameters: { jsCode: '"SameEverywhere1"' },
		});
		const versions = [version('a', content('A', [start, withKey('SameEverywhere1'), code]))];
		const credentials = [{ id: 'SameEverywhere1', name: 'One', type: 'httpHeaderAuth' }];
		expect(makePlan(planInput(versions, target([], { credentials }))).blockers).toEqual([]);
	});

	it('warns of what is known only at run time', () => {
		const call = calling('={{ $json.which }}');
		const versions = [version('a', content('A', [start, call]))];
		expect(codesOf(makePlan(planInput(versions, target())).warnings)).toEqual([
			'reference_dynamic',
		]);
	});
});

describe('webhooks', () => {
	const versions = [version('a', content('A', [webhook('orders')]))];
	const bound = { bindings: new Map([['a', 'prod-a']]) };
	const clash = ['webhook_path_taken'];

	it('block when another published workflow of the target answers', () => {
		const taker = inTarget('prod-t', content('Taker', [webhook('/orders/')]));
		expect(codesOf(makePlan(planInput(versions, target([taker]))).blockers)).toEqual(clash);
		const asleep = { ...taker, live: null };
		expect(makePlan(planInput(versions, target([asleep]))).blockers).toEqual([]);
		expect(makePlan(planInput(versions, target([taker]), { publish: false })).blockers).toEqual([]);
	});

	it('do not clash with themselves', () => {
		const itself = inTarget('prod-a', content('A', [webhook('orders')]));
		expect(makePlan(planInput(versions, target([itself], bound))).blockers).toEqual([]);
	});

	it('block when two workflows of the release want the same', () => {
		const two = [...versions, version('b', content('B', [webhook('orders')]))];
		expect(codesOf(makePlan(planInput(two, target())).blockers)).toEqual(clash);
	});

	it('clash with a form of the same path', () => {
		const form = node('Form', 'n8n-nodes-base.formTrigger', {
			parameters: { path: 'orders' },
			webhookId: 'x',
		});
		const taker = inTarget('prod-t', content('Taker', [form]));
		expect(codesOf(makePlan(planInput(versions, target([taker]))).blockers)).toEqual(clash);
	});

	it('carried as JSON by a node are not registered', () => {
		const carrier = node('Carrier', 'n8n-nodes-base.executeWorkflow', {
			parameters: {
				source: 'parameter',
				workflowJson: JSON.stringify({ nodes: [webhook('orders')], connections: {} }),
			},
		});
		const other = inTarget('prod-t', content('Other', [start, carrier]));
		expect(makePlan(planInput(versions, target([other]))).blockers).toEqual([]);
	});
});

describe('what the target cannot take', () => {
	it('is told field by field and left out', () => {
		const strict = {
			...api,
			nodeFields: ['name', 'type', 'typeVersion', 'position', 'parameters'],
			settingsFields: ['executionOrder'],
			workflowFields: ['name', 'nodes', 'connections', 'settings'],
		};
		const fancy = { ...start, sparkle: 1 };
		const versions = [
			version('a', {
				...content('A', [fancy], { executionOrder: 'v1', futuristic: true }),
				description: 'told',
			}),
		];
		const { warnings } = makePlan(planInput(versions, target([], { api: strict })));
		expect(warnings.map(({ code, place }) => [code, place])).toEqual([
			['field_not_accepted', 'description'],
			['field_not_accepted', 'nodes[Start].sparkle'],
			['field_not_accepted', 'settings.futuristic'],
		]);
	});

	it('is told of a setting that cannot be unset, if it makes a difference', () => {
		const there = inTarget(
			'prod-a',
			content('A', [start], {
				executionOrder: 'v1',
				timezone: 'Asia/Tokyo',
				saveExecutionProgress: true,
				binaryMode: 'combined',
				redactionPolicy: 'none',
			}),
		);
		const into = target([there], { bindings: new Map([['a', 'prod-a']]) });
		const versions = [version('a', content('A', [start]))];
		const { warnings } = makePlan(planInput(versions, into));
		expect(warnings.map(({ code, place }) => [code, place])).toEqual([
			['setting_stays', 'settings.binaryMode'],
		]);
	});

	it('is told of settings that hold at once though nothing is published', () => {
		const there = inTarget('prod-a', content('A', [start]));
		const into = target([there], { bindings: new Map([['a', 'prod-a']]) });
		const settings = { executionOrder: 'v1', timezone: 'Asia/Tokyo' };
		const versions = [version('a', content('A', [start], settings))];
		const input = planInput(versions, into, { publish: false });
		expect(codesOf(makePlan(input).warnings)).toEqual(['settings_apply_at_once']);
		expect(makePlan({ ...input, publish: true }).warnings).toEqual([]);
	});
});

describe('a circle', () => {
	const pair = [
		version('a', content('A', [start, calling('dev-b')])),
		version('b', content('B', [start, calling('dev-a')])),
	];
	const bindings = new Map([
		['a', 'prod-a'],
		['b', 'prod-b'],
	]);

	it('of new workflows is published by way of stand-ins', () => {
		const { changes, blockers } = makePlan(planInput(pair, target()));
		expect(blockers).toEqual([]);
		expect(changes.map(({ circle }) => circle)).toEqual([true, true]);
	});

	it('of workflows that are there and not published blocks', () => {
		const idle = ['a', 'b'].map((key) =>
			inTarget(`prod-${key}`, content(key, [start]), { live: null }),
		);
		const { blockers } = makePlan(planInput(pair, target(idle, { bindings })));
		expect(codesOf(blockers)).toEqual(['workflow_circle', 'workflow_circle']);
	});

	it('of published workflows is nothing special', () => {
		const live = ['a', 'b'].map((key) => inTarget(`prod-${key}`, content(key, [start])));
		const { changes, blockers } = makePlan(planInput(pair, target(live, { bindings })));
		expect(blockers).toEqual([]);
		expect(changes.map(({ circle }) => circle)).toEqual([false, false]);
	});

	it('is none when a workflow calls itself', () => {
		const self = [version('a', content('A', [start, calling('dev-a')]))];
		expect(makePlan(planInput(self, target())).changes).toMatchObject([{ circle: false }]);
	});
});

it('says everything that stands in the way at once', () => {
	const schedule = node('Schedule', 'n8n-nodes-base.scheduleTrigger', {
		parameters: { rule: { interval: [{ field: 'cronExpression', expression: 'whenever' }] } },
	});
	const versions = [
		version('a', content('A', [schedule, withKey('dev-1'), calling('dev-other')])),
		version('b', content('B', [webhook('orders')])),
	];
	const into = target([inTarget('prod-b', content('B', [webhook('orders')]))]);
	expect(codesOf(makePlan(planInput(versions, into)).blockers).sort()).toEqual([
		'credential_unmapped',
		'trigger_cannot_start',
		'webhook_path_taken',
		'workflow_name_taken',
		'workflow_unmapped',
	]);
});

it('seals to the same digest while nothing moves, and to another when anything does', () => {
	const versions = [version('a', content('A', [start]))];
	const there = inTarget('prod-a', content('A', [start, node('Old', 'n8n-nodes-base.noOp')]));
	const bound = { bindings: new Map([['a', 'prod-a']]) };
	const digest = (into = target([there], bound), more = {}) =>
		makePlan(planInput(versions, into, more)).digest;
	expect(digest()).toBe(digest());
	const moved = [
		digest(target([{ ...there, draftVersionId: 'other' }], bound)),
		digest(target([{ ...there, live: null }], bound)),
		digest(target([inTarget('prod-a', { ...there.content, name: 'Renamed' })], bound)),
		digest(target([there], { ...bound, api: { ...api, digest: 'other' } })),
		digest(undefined, { publish: false }),
		digest(undefined, { source: { 'dev-a': 'edited' } }),
		digest(undefined, { mappings: { ...noMappings, literals: ['x'] } }),
	];
	expect(new Set([...moved, digest()]).size).toBe(moved.length + 1);
});

describe('secrets', () => {
	const key = 'q8Zr41LmX0vTb7Kd';
	const asks = [
		version(
			'a',
			content('A', [start, node('Ask', 'n8n-nodes-base.code', { parameters: { apiKey: key } })]),
		),
	];

	it('block with the place and never the value, until they are declared to be none', () => {
		const { blockers } = makePlan(planInput(asks, target()));
		expect(blockers).toMatchObject([
			{ code: 'secret_in_workflow', workflowKey: 'a', place: 'nodes[Ask].parameters.apiKey' },
		]);
		expect(JSON.stringify(blockers)).not.toContain(key);
		const mark = /not-a-secret:[0-9a-f]{16}/.exec(blockers[0]?.message ?? '')?.[0] ?? '';
		const declared = { mappings: { ...noMappings, literals: [mark] } };
		expect(makePlan(planInput(asks, target(), declared)).blockers).toEqual([]);
	});

	it('do not hold up a roll-back, which stays where it is', () => {
		const plan = makePlan(planInput(asks, target(), { sameEnvironment: true }));
		expect(codesOf(plan.blockers)).not.toContain('secret_in_workflow');
	});
});

describe('credentials by rule', () => {
	const asks = [version('a', content('A', [start, withKey('dev-1', 'Shop (dev)')]))];
	const shop = { id: 'prod-1', name: 'Shop (production)', type: 'httpHeaderAuth' };
	const rules = [{ type: null, source: '* (dev)', target: '* (production)' }];
	const mappings = { ...noMappings, rules };

	it('are bound to the one of that name, and it is told', () => {
		const plan = makePlan(planInput(asks, target([], { credentials: [shop] }), { mappings }));
		expect(plan.blockers).toEqual([]);
		expect(plan.credentials).toEqual({ 'dev-1': { id: 'prod-1', name: 'Shop (production)' } });
		expect(plan.warnings).toMatchObject([
			{ code: 'credential_mapped_by_rule', place: 'nodes[Call out].credentials.httpHeaderAuth' },
		]);
	});

	it('go by the name that the credential has in the source now', () => {
		const inventory = { ...emptyInventory, credentials: new Map([['dev-1', 'Depot (dev)']]) };
		const depot = { ...shop, id: 'prod-2', name: 'Depot (production)' };
		const into = target([], { credentials: [shop, depot] });
		const plan = makePlan(planInput(asks, into, { mappings, inventory }));
		expect(plan.credentials['dev-1']?.id).toBe('prod-2');
	});

	it('are never guessed: two of the name, or another type, block', () => {
		for (const credentials of [
			[shop, { ...shop, id: 'prod-2' }],
			[{ ...shop, type: 'httpBasicAuth' }],
		]) {
			const plan = makePlan(planInput(asks, target([], { credentials }), { mappings }));
			expect(codesOf(plan.blockers)).toEqual(['credential_unmapped']);
		}
	});

	it('stand behind what is mapped by hand', () => {
		const other = { ...shop, id: 'prod-2', name: 'Chosen' };
		const plan = makePlan(
			planInput(asks, target([], { credentials: [shop, other] }), {
				mappings: { ...mappings, credentials: { 'dev-1': 'prod-2' } },
			}),
		);
		expect(plan.credentials['dev-1']?.id).toBe('prod-2');
		expect(plan.warnings).toEqual([]);
	});
});

describe('data tables', () => {
	const rows = (mode: string, value: string) =>
		node('Rows', 'n8n-nodes-base.dataTable', {
			parameters: { dataTableId: { __rl: true, mode, value, cachedResultName: 'Prices' } },
		});
	const asks = (mode: string, value: string) => [
		version('a', content('A', [start, rows(mode, value)])),
	];
	const dataTables = [{ id: 'prodTable0000001', name: 'Prices' }];
	const map = (from: string) => ({
		mappings: { ...noMappings, dataTables: { [from]: 'prodTable0000001' } },
	});

	it('block while unmapped, with those of the name to choose from', () => {
		const { blockers } = makePlan(
			planInput(asks('list', 'devTable00000001'), target([], { dataTables })),
		);
		expect(blockers).toMatchObject([{ code: 'data_table_unmapped', candidates: dataTables }]);
	});

	it('become what they are mapped to, by id or by name', () => {
		for (const [mode, value] of [
			['list', 'devTable00000001'],
			['name', 'Prices (dev)'],
		] as const) {
			const plan = makePlan(planInput(asks(mode, value), target([], { dataTables }), map(value)));
			expect(plan.blockers).toEqual([]);
			expect(plan.dataTables).toEqual({ [value]: dataTables[0] });
		}
	});

	it('block when mapped to one that is not there', () => {
		const { blockers } = makePlan(
			planInput(
				asks('list', 'devTable00000001'),
				target([], { dataTables: [] }),
				map('devTable00000001'),
			),
		);
		expect(codesOf(blockers)).toEqual(['data_table_mapping_invalid']);
	});
});

describe('what else the source has', () => {
	const code = (text: string) => [
		version(
			'a',
			content('A', [start, node('Code', 'n8n-nodes-base.code', { parameters: { jsCode: text } })]),
		),
	];
	const inventory = {
		...emptyInventory,
		workflows: new Map([['otherFlow0000001', 'Other']]),
		credentials: new Map([['otherCred0000001', 'Key']]),
		dataTables: new Map([['otherTable000001', 'Prices']]),
	};

	it('is found in code although the release does not name it', () => {
		for (const id of ['otherFlow0000001', 'otherCred0000001', 'otherTable000001']) {
			const plan = makePlan(planInput(code(`const it = '${id}'`), target(), { inventory }));
			expect(plan.blockers).toMatchObject([
				{ code: 'stray_id', place: 'nodes[Code].parameters.jsCode' },
			]);
		}
	});

	it('is only told when it stands in a note', () => {
		const noted = version('a', content('A', [{ ...start, notes: 'see otherFlow0000001' }]));
		const plan = makePlan(planInput([noted], target(), { inventory }));
		expect(plan.blockers).toEqual([]);
		expect(codesOf(plan.warnings)).toEqual(['stray_id_in_note']);
	});

	it('is told to be unknown when the source is away', () => {
		const unread = { ...emptyInventory, unread: 'it is away' };
		const plan = makePlan(planInput(code('return []'), target(), { inventory: unread }));
		expect(plan.blockers).toEqual([]);
		expect(codesOf(plan.warnings)).toEqual(['source_not_read']);
	});
});

it('warns of a node type that the target does not list and does not use', () => {
	const asks = [version('a', content('A', [start, node('Keep', 'n8n-nodes-shop.shop')]))];
	const codes = (nodeTypes: string[] | null) =>
		codesOf(makePlan(planInput(asks, target([], { nodeTypes }))).warnings);
	expect(codes([])).toEqual(['node_type_not_seen']);
	expect(codes(['n8n-nodes-shop.shop'])).toEqual([]);
	expect(codes(null)).toEqual([]);
});
