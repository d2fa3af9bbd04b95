import { after, type Lane, openLane, room } from '../../../sidecar/parking/lane';

const rules = { most: 8 };
const started = (lane: Lane): Lane => ({ ...lane, underWay: lane.underWay + 1 });
const answered = (lane: Lane, tookMs: number): Lane =>
	after(started(lane), { tookMs, isAway: false, now: 0 }, rules);
const away = (lane: Lane, now: number): Lane =>
	after(started(lane), { tookMs: 5, isAway: true, now }, rules);
const times = (count: number, lane: Lane, step: (lane: Lane) => Lane): Lane =>
	Array.from({ length: count }).reduce<Lane>(step, lane);

it('lets a few go at first, and no more while they are under way', () => {
	expect(room(openLane, 0)).toBe(2);
	expect(room(started(openLane), 0)).toBe(1);
	expect(room(started(started(openLane)), 0)).toBe(0);
});

it('grows with quick answers up to its most', () => {
	expect(
		room(
			times(4, openLane, (lane) => answered(lane, 50)),
			0,
		),
	).toBeGreaterThan(2);
	expect(
		room(
			times(200, openLane, (lane) => answered(lane, 50)),
			0,
		),
	).toBe(8);
});

it('narrows when answers are slow, to one at last, and stays where they are neither', () => {
	const wide = times(200, openLane, (lane) => answered(lane, 50));
	expect(room(answered(wide, 5_000), 0)).toBe(4);
	expect(
		room(
			times(20, wide, (lane) => answered(lane, 5_000)),
			0,
		),
	).toBe(1);
	expect(room(answered(wide, 600), 0)).toBe(8);
});

it('closes while the environment is away, longer each time, and then lets a single one look', () => {
	let lane = away(openLane, 1_000);
	expect([room(lane, 1_000), room(lane, 1_249), room(lane, 1_250)]).toEqual([0, 0, 1]);
	lane = away(lane, 1_250);
	expect([room(lane, 1_749), room(lane, 1_750)]).toEqual([0, 1]);
	for (let now = 2_000; now < 100_000; now += 10_000) lane = away(lane, now);
	expect(lane.closedUntil - 92_000).toBe(5_000);
	expect(room(answered(lane, 50), 200_000)).toBe(2);
});

it('counts attempts that failed together as one', () => {
	const together = times(5, openLane, started);
	const after5 = times(5, together, (lane) =>
		after(lane, { tookMs: 5, isAway: true, now: 1_000 }, rules),
	);
	expect(after5).toMatchObject({ away: 1, closedUntil: 1_250, underWay: 0 });
});
