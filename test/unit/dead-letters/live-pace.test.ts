import { firstPace, liveRatio, nextPace } from '../../../sidecar/dead-letters/bulk/live-pace';

const figure = (workflowId: string, runs: number, p95Ms: number) => ({ workflowId, runs, p95Ms });

describe('how live executions do', () => {
	it('weighs each workflow by how much it runs now, and not by how much it did', () => {
		const before = [figure('quick', 1_000, 100), figure('slow', 10, 1_000)];
		const now = [figure('quick', 10, 100), figure('slow', 10, 1_500)];
		expect(liveRatio(before, now)).toBeCloseTo(16_000 / 11_000);
	});

	it('does not change because another workflow runs', () => {
		const before = [figure('quick', 50, 100), figure('slow', 50, 1_000)];
		expect(liveRatio(before, [figure('slow', 9, 1_000)])).toBe(1);
	});

	it.each([
		['nothing ran before', [], [figure('a', 9, 1)]],
		['nothing runs now', [figure('a', 9, 1)], []],
		['it was another workflow', [figure('a', 9, 1)], [figure('b', 9, 1)]],
		['there are too few runs', [figure('a', 9, 1)], [figure('a', 2, 9)]],
	])('is not known where %s', (_, before, now) => {
		expect(liveRatio(before, now)).toBeNull();
	});
});

describe('the pace', () => {
	it.each([
		['halved above what is allowed', 1.3, 4],
		['kept near it', 1.15, 8],
		['faster below it', 1.05, 10],
		['faster where there is nothing to compare', null, 10],
	])('is %s', (_, ratio, pace) => {
		expect(nextPace({ rate: 100, pace: 8 }, ratio, 1.2)).toBe(pace);
	});

	it('stays between a little and what was ordered', () => {
		expect(nextPace({ rate: 10, pace: 9 }, null, 1.2)).toBe(10);
		expect(nextPace({ rate: 32, pace: 0.2 }, 5, 1.2)).toBe(0.125);
		expect(nextPace({ rate: 0.1, pace: 0.1 }, 5, 1.2)).toBe(0.1);
	});

	it('begins with care only where there is live traffic', () => {
		expect(firstPace(8, [figure('a', 50, 1)])).toBe(0.125);
		expect(firstPace(8, [figure('a', 1, 1)])).toBe(8);
	});
});
