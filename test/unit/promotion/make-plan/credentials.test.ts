import { makePlan } from '../../../../sidecar/promotion/make-plan';
import { noMappings } from '../../../../sidecar/promotion/promotion';
import { emptyInventory } from '../../../../sidecar/promotion/source-inventory';
import { codesOf, content, node, planInput, start, target, version, withKey } from '../fixtures';

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
