import {
	closeRest,
	countsOf,
	nextAt,
	resumed,
	takeNext,
} from '../../../sidecar/engines/temporal/orchestration/schedule';

const again = (index: number, at: number) => ({
	index,
	attempts: 1,
	at,
	since: 0,
	executionId: `e${index}`,
});

it('begins fresh children in order, and one that has waited long enough before them', () => {
	const schedule = { fresh: [3, 4], waiting: [again(1, 200), again(0, 100)], ended: [] };
	expect(takeNext(schedule, 50)?.index).toBe(3);
	expect(takeNext(schedule, 250)).toMatchObject({ index: 0, attempts: 1, executionId: 'e0' });
	expect(nextAt(schedule)).toBe(200);
	expect(takeNext(schedule, 250)?.index).toBe(1);
	expect(takeNext(schedule, 250)).toMatchObject({ index: 4, attempts: 0, executionId: null });
	expect(takeNext(schedule, 250)).toBeNull();
	expect(nextAt(schedule)).toBeNull();
});

it('begins nothing before its time', () => {
	expect(takeNext({ fresh: [], waiting: [again(0, 100)], ended: [] }, 99)).toBeNull();
});

it('after a reset keeps what has succeeded, waits for what is under way, and runs the rest again', () => {
	const schedule = resumed(
		4,
		[
			{ index: 0, executionId: 'a', state: 'succeeded' },
			{ index: 1, executionId: 'b', state: 'under-way' },
			{ index: 3, executionId: 'd', state: 'failed' },
		],
		10,
	);
	expect(schedule.fresh).toEqual([2]);
	expect(countsOf(4, schedule.ended)).toMatchObject({ succeeded: 1, failed: 0 });
	expect(takeNext(schedule, 10)).toMatchObject({ index: 1, executionId: 'b', isUnderWay: true });
	expect(takeNext(schedule, 10)).toMatchObject({ index: 3, attempts: 0, executionId: 'd' });
});

it('closes what nobody waits for any more, in the order of the request', () => {
	const ended = [
		{ index: 2, state: 'succeeded' as const, executionId: 'c', attempts: 1, error: null },
	];
	expect(closeRest({ fresh: [0], waiting: [again(1, 5)], ended })).toEqual([
		{ index: 0, state: 'cancelled', executionId: null, attempts: 0, error: null },
		{ index: 1, state: 'cancelled', executionId: 'e1', attempts: 1, error: null },
		ended[0],
	]);
});
