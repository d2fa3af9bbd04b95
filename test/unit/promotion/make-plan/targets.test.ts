import { makePlan } from '../../../../sidecar/promotion/make-plan';
import { noMappings } from '../../../../sidecar/promotion/promotion';
import {
	api,
	calling,
	codesOf,
	content,
	inTarget,
	node,
	planInput,
	start,
	target,
	version,
} from '../fixtures';

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
