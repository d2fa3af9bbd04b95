import { everyPage } from '../../../sidecar/console/data/every-page';

const pagesOf = (all: number[], size: number) => async (cursor: string | undefined) => {
	const start = Number(cursor ?? 0);
	const end = start + size;
	const nextCursor = end < all.length ? String(end) : null;
	return await Promise.resolve({ data: all.slice(start, end), nextCursor });
};
const numbers = [1, 2, 3, 4, 5];

it('reads a list to its end', async () => {
	expect(await everyPage(pagesOf(numbers, 2), 100)).toEqual({ rows: numbers, isCut: false });
});

it('is whole when the list ends just where it would be cut', async () => {
	expect(await everyPage(pagesOf(numbers, 5), 5)).toEqual({ rows: numbers, isCut: false });
});

it('says that there is more than it has read', async () => {
	expect(await everyPage(pagesOf(numbers, 2), 4)).toEqual({ rows: [1, 2, 3, 4], isCut: true });
	expect(await everyPage(pagesOf(numbers, 2), 3)).toEqual({ rows: [1, 2, 3], isCut: true });
});

it('reads nothing of an empty list', async () => {
	expect(await everyPage(pagesOf([], 2), 3)).toEqual({ rows: [], isCut: false });
});
