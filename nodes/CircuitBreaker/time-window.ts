const BUCKETS = 20;

interface Bucket {
	startedAt: number;
	calls: number;
	bad: number;
}

/**
 * Calls and bad calls of the last `windowMs`, to a twentieth of it. Not cockatiel's SamplingBreaker:
 * that forgets one bucket a call, so calls of long ago count after a quiet time.
 */
export class TimeWindow {
	private buckets: Bucket[] = [];
	private calls = 0;
	private bad = 0;

	constructor(
		private readonly windowMs: number,
		private readonly rate: number,
		private readonly minimumCalls: number,
	) {}

	/** Whether the share of bad calls has reached the rate. */
	record(bad: boolean, now: number): boolean {
		this.forget(now - this.windowMs);
		const last = this.buckets.at(-1);
		const bucket =
			last && now - last.startedAt < this.windowMs / BUCKETS
				? last
				: { startedAt: now, calls: 0, bad: 0 };
		if (bucket !== last) this.buckets.push(bucket);
		bucket.calls += 1;
		this.calls += 1;
		if (bad) {
			bucket.bad += 1;
			this.bad += 1;
		}
		return this.calls >= this.minimumCalls && this.bad >= this.rate * this.calls && this.bad > 0;
	}

	private forget(before: number): void {
		const kept = this.buckets.findIndex(({ startedAt }) => startedAt > before);
		const gone = this.buckets.splice(0, kept < 0 ? this.buckets.length : kept);
		for (const { calls, bad } of gone) {
			this.calls -= calls;
			this.bad -= bad;
		}
	}
}
