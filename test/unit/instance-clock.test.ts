import { InstanceClock } from '../../sidecar/engines/n8n/instance-clock';

const noon = Date.parse('2031-04-01T12:00:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();

/** Hears an instance so far ahead of ours at a moment; an answer takes 20 ms. */
function hears(clock: InstanceClock, aheadMs: number, at: number): void {
	const date = new Date(at + 10 + aheadMs).toUTCString();
	clock.hear(date, { from: new Date(at), to: new Date(at + 20) });
}

it.each([-900, 50, 100, 900, 3_900, -3_900])(
	'tells times as they are of an instance that is %d ms ahead, at every look',
	(aheadMs) => {
		const clock = new InstanceClock();
		for (let at = noon; at < noon + 3_000; at += 130) {
			hears(clock, aheadMs, at);
			expect(clock.toOurs(iso(noon))).toBe(iso(noon));
			expect(clock.since(iso(noon))).toBe(iso(noon));
		}
	},
);

it('asks one that is behind from an earlier time on, and one that is ahead from the same', () => {
	const [behind, ahead] = [new InstanceClock(), new InstanceClock()];
	hears(behind, -60_000, noon);
	hears(ahead, 60_000, noon);
	expect(Date.parse(behind.since(iso(noon)))).toBeLessThanOrEqual(noon - 60_000);
	expect(ahead.since(iso(noon))).toBe(iso(noon));
});

it('has no opinion on an instance whose answers have no date, or none that is one', () => {
	const clock = new InstanceClock();
	expect(clock.isKnown).toBe(false);
	const ours = { from: new Date(noon), to: new Date(noon) };
	clock.hear(undefined, ours);
	clock.hear('yesterday', ours);
	expect(clock.isKnown).toBe(true);
	expect(clock.aheadMs).toBe(0);
});
