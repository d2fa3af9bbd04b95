/**
 * How far another clock is ahead of ours, in milliseconds, learnt from what it says now and then. Each
 * saying allows a range, since an answer takes its way and may be rounded; what the range allows is not
 * moved, and clocks that may agree are taken to agree. Else it is the least there is: a time of the
 * other's comes out in ours as when it was or a little later, never as before it was.
 */
export class ClockOffset {
	private known: number | null = null;

	/** Null: nothing was heard yet. */
	get aheadMs(): number | null {
		return this.known;
	}

	/**
	 * @param said what the other clock showed, at the earliest and at the latest
	 * @param ours our time when it was asked, and when the answer was here
	 */
	hear(said: { from: number; to: number }, ours: { from: number; to: number }): void {
		const least = said.from - ours.to;
		const most = said.to - ours.from;
		const allowed = (ms: number) => least <= ms && ms <= most;
		if (allowed(0)) this.known = 0;
		else if (this.known === null || !allowed(this.known)) this.known = least;
	}
}
