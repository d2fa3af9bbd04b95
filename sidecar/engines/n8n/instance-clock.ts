import { ClockOffset } from '../../kernel/clock-offset';

/**
 * Less is left as it is, in milliseconds: the Date has whole seconds only, and times that came out
 * otherwise at each look would be taken for those of another execution.
 */
const leastMs = 5_000;

/**
 * Times of an instance whose clock differs from ours, told in ours: what is looked for since a moment
 * must not be missed because n8n was a few minutes behind. Learnt from the Date of its answers
 * (RFC 9110, 6.6.1), whole seconds.
 */
export class InstanceClock {
	private readonly offset = new ClockOffset();
	private answered = false;

	/** Of ours, in milliseconds; negative: it is behind. 0 below five seconds. */
	get aheadMs(): number {
		const ms = this.offset.aheadMs ?? 0;
		return Math.abs(ms) < leastMs ? 0 : ms;
	}

	/** Whether it has answered anything yet. */
	get isKnown(): boolean {
		return this.answered;
	}

	/** @param date of an answer, as a header; @param ours when it was asked and when it answered */
	hear(date: string | undefined, ours: { from: Date; to: Date }): void {
		this.answered = true;
		const from = Date.parse(date ?? '');
		if (Number.isNaN(from)) return;
		this.offset.hear(
			{ from, to: from + 1_000 },
			{ from: ours.from.getTime(), to: ours.to.getTime() },
		);
	}

	/** A time of the instance in ours. */
	toOurs(time: string): string {
		return shifted(time, -this.aheadMs);
	}

	/**
	 * A time of ours from which on the instance is asked for something: earlier if it is behind. Not
	 * later if it is ahead: more is found, and nothing missed where it is only a proxy that is ahead.
	 */
	since(time: string): string {
		return shifted(time, Math.min(0, this.aheadMs));
	}
}

function shifted(time: string, byMs: number): string {
	return byMs === 0 ? time : new Date(Date.parse(time) + byMs).toISOString();
}
