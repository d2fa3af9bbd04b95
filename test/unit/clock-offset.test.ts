import { ClockOffset } from '../../sidecar/kernel/clock-offset';

const asked = (from: number, to = from) => ({ from, to });

it('is not known before anything was heard', () => {
	expect(new ClockOffset().aheadMs).toBeNull();
});

it('takes clocks to agree that may', () => {
	const offset = new ClockOffset();
	offset.hear({ from: 5_000, to: 6_000 }, asked(5_990, 6_200));
	expect(offset.aheadMs).toBe(0);
});

it('has no time of the other come out earlier than it was', () => {
	const ahead = new ClockOffset();
	ahead.hear({ from: 20_000, to: 21_000 }, asked(10_000, 10_200));
	expect(ahead.aheadMs).toBe(9_800);
	const behind = new ClockOffset();
	behind.hear({ from: 10_000, to: 11_000 }, asked(20_000, 20_200));
	expect(behind.aheadMs).toBe(-10_200);
});

it('stays where it is as long as answers allow it, and moves as soon as they do not', () => {
	const offset = new ClockOffset();
	offset.hear({ from: 20_000, to: 20_000 }, asked(10_000, 10_200));
	expect(offset.aheadMs).toBe(9_800);
	offset.hear({ from: 29_900, to: 29_900 }, asked(20_000, 30_000));
	offset.hear({ from: 39_900, to: 39_900 }, asked(30_000, 30_100));
	expect(offset.aheadMs).toBe(9_800);
	offset.hear({ from: 49_900, to: 49_900 }, asked(40_000, 40_050));
	expect(offset.aheadMs).toBe(9_850);
	offset.hear({ from: 51_000, to: 51_000 }, asked(50_000, 50_050));
	expect(offset.aheadMs).toBe(950);
});

it('is over once the other clock was put right', () => {
	const offset = new ClockOffset();
	offset.hear({ from: 0, to: 1_000 }, asked(60_000));
	expect(offset.aheadMs).toBe(-60_000);
	offset.hear({ from: 70_000, to: 71_000 }, asked(70_500));
	expect(offset.aheadMs).toBe(0);
});
