import { releaseOrder } from '../../../sidecar/workflow-versions/closure';

const entries = (calls: Record<string, string>) =>
	Object.entries(calls).map(([id, called]) => ({ id, calls: [...called] }));

describe('the order of a release', () => {
	it('puts what is called before what calls it', () => {
		expect(releaseOrder(entries({ a: 'bc', b: 'd', c: 'd', d: '' })).flat()).toEqual([
			'd',
			'b',
			'c',
			'a',
		]);
	});

	it('keeps the given order where there is no other reason', () => {
		expect(releaseOrder(entries({ z: '', m: '', a: '' })).flat()).toEqual(['z', 'm', 'a']);
	});

	it('reports workflows that call each other as one group', () => {
		expect(releaseOrder(entries({ a: 'b', b: 'c', c: 'be', d: 'a', e: '' }))).toEqual([
			['e'],
			['b', 'c'],
			['a'],
			['d'],
		]);
	});

	it('tells two circles apart', () => {
		expect(releaseOrder(entries({ a: 'b', b: 'ac', c: 'd', d: 'c' }))).toEqual([
			['c', 'd'],
			['a', 'b'],
		]);
	});

	it('does not take a workflow that calls itself for a circle, nor miss one outside', () => {
		expect(releaseOrder(entries({ a: 'ax' }))).toEqual([['a']]);
		expect(releaseOrder([])).toEqual([]);
	});

	it('holds for a thousand workflows in a row', () => {
		const chain = Array.from({ length: 1000 }, (_, index) => ({
			id: `w${index}`,
			calls: index === 999 ? [] : [`w${index + 1}`],
		}));
		expect(releaseOrder(chain).flat()).toEqual(chain.map(({ id }) => id).reverse());
	});
});
