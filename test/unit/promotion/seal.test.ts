import type { Seal } from '../../../sidecar/promotion/promotion';
import { movedSince } from '../../../sidecar/promotion/seal';
import { change } from './fixtures';

const seal: Seal = {
	release: 'release',
	source: { 'dev-a': 'content' },
	mappings: 'mappings',
	api: 'api',
	targets: {
		a: {
			workflowId: 'prod-a',
			name: 'Orders',
			draftVersionId: 'v1',
			liveVersionId: 'v1',
			digest: 'does',
			appearanceDigest: 'looks',
		},
		b: null,
	},
	credentials: { c1: '"Key" (httpHeaderAuth)' },
};
const plan = { seal, changes: [change('a', { name: 'Orders' })] };
const orders = seal.targets['a'];

it('names nothing while nothing has moved', () => {
	expect(movedSince(plan, structuredClone(seal))).toEqual([]);
});

const moves: Array<[Partial<Seal>, string]> = [
	[{ release: 'x' }, 'the release is another one'],
	[{ mappings: 'x' }, 'the mappings of the route have changed'],
	[{ api: 'x' }, "the target's API has changed (was n8n updated?)"],
	[{ source: { 'dev-a': 'x' } }, 'workflow "Orders" was edited in the source'],
	[{ source: {} }, 'workflow "Orders" is gone from the source'],
	[{ targets: { a: null, b: null } }, 'workflow "Orders" is gone from the target'],
	[{ targets: { ...seal.targets, b: orders ?? null } }, 'workflow b now exists in the target'],
	[{ credentials: {} }, 'credential c1 of the target was "Key" (httpHeaderAuth), is gone'],
	[
		{ credentials: { c1: '"New" (httpHeaderAuth)' } },
		'credential c1 of the target was "Key" (httpHeaderAuth), is "New" (httpHeaderAuth)',
	],
];
it.each(moves)('names what has moved: %j', (moved, told) => {
	expect(movedSince(plan, { ...seal, ...moved })).toEqual([told]);
});

const targetMoves: Array<[object, string]> = [
	[{ draftVersionId: 'v2' }, 'workflow "Orders" was edited in the target'],
	[{ digest: 'x' }, 'workflow "Orders" was edited in the target'],
	[{ appearanceDigest: 'x' }, 'workflow "Orders" was edited in the target'],
	[{ liveVersionId: null }, 'workflow "Orders" was published or unpublished in the target'],
	[
		{ name: 'Mine', appearanceDigest: 'x' },
		'workflow "Orders" was renamed to "Mine" in the target',
	],
	[{ workflowId: 'prod-x' }, 'workflow "Orders" is bound to another id'],
];
it.each(targetMoves)('names what has moved in a workflow of the target: %j', (moved, told) => {
	const targets = { a: { ...orders, ...moved }, b: null } as Seal['targets'];
	expect(movedSince(plan, { ...seal, targets })).toEqual([told]);
});

it('names all of it at once', () => {
	const now = { ...seal, api: 'x', source: {}, credentials: {} };
	expect(movedSince(plan, now)).toHaveLength(3);
});
