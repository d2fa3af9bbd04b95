import { encodeCursor, pageOfAll, pageQuery, toPage } from '../../sidecar/http/paging';

const rows = ['a', 'b', 'c'];
const read = (query: Record<string, unknown>) => pageQuery({}).parse(query);

it('tells by the one row too many whether there is a next page', () => {
	const query = { limit: 2, cursor: null };
	expect(toPage(rows, query, (row) => row)).toEqual({
		data: ['a', 'b'],
		nextCursor: encodeCursor('b'),
	});
	expect(toPage(['a', 'b'], query, (row) => row)).toEqual({ data: ['a', 'b'], nextCursor: null });
	expect(toPage([], query, (row) => row)).toEqual({ data: [], nextCursor: null });
});

it('takes its own cursor back', () => {
	expect(read({ cursor: encodeCursor('production/ü') })).toEqual({
		limit: 50,
		cursor: 'production/ü',
	});
	expect(read({ limit: '200' })).toEqual({ limit: 200, cursor: null });
});

it('goes on after a row that is gone by now', () => {
	const query = { limit: 2, cursor: 'aa' };
	expect(pageOfAll(rows, query, (row) => row)).toEqual({ data: ['b', 'c'], nextCursor: null });
});
