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
	webhook,
	withKey,
} from '../fixtures';

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

it('warns of a node type that the target does not list and does not use', () => {
	const asks = [version('a', content('A', [start, node('Keep', 'n8n-nodes-shop.shop')]))];
	const codes = (nodeTypes: string[] | null) =>
		codesOf(makePlan(planInput(asks, target([], { nodeTypes }))).warnings);
	expect(codes([])).toEqual(['node_type_not_seen']);
	expect(codes(['n8n-nodes-shop.shop'])).toEqual([]);
	expect(codes(null)).toEqual([]);
});
