import { makePlan } from '../../../../sidecar/promotion/make-plan';
import { noMappings } from '../../../../sidecar/promotion/promotion';
import { emptyInventory } from '../../../../sidecar/promotion/source-inventory';
import {
	calling,
	codesOf,
	content,
	inTarget,
	node,
	planInput,
	start,
	target,
	version,
	webhook,
	withKey,
} from '../fixtures';

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
