import { createTask } from 'node-cron';
import type { Freeze } from '../../environments/protection';

export interface Frozen {
	name: string;
	/** When it is over, for people: an instant, or a wall clock with its zone. */
	until: string;
}

const minuteMs = 60_000;

/** The first freeze that holds now; null when none does. */
export function frozenBy(freezes: readonly Freeze[], now: Date): Frozen | null {
	for (const freeze of freezes) {
		const until = 'cron' in freeze ? endOfCron(freeze, now) : endOfRange(freeze, now);
		if (until !== null) return { name: freeze.name, until };
	}
	return null;
}

/** Wall clocks are compared as texts, so changes of the clock need no care. */
function endOfRange(
	{ from, until, timezone }: Extract<Freeze, { from: string }>,
	now: Date,
): string | null {
	const clock = wallClock(now, timezone);
	return from <= clock && clock < until ? `${until} ${timezone}` : null;
}

/** `YYYY-MM-DDTHH:mm` */
function wallClock(at: Date, timezone: string): string {
	const form = { dateStyle: 'short', timeStyle: 'short', timeZone: timezone } as const;
	// Swedish writes dates as ISO 8601 does.
	return new Intl.DateTimeFormat('sv-SE', form).format(at).replace(' ', 'T');
}

/** Looks back, minute by minute, for a beginning whose time is not over. */
function endOfCron(
	{ cron, durationMinutes, timezone }: Extract<Freeze, { cron: string }>,
	now: Date,
): string | null {
	const task = createTask(cron, () => undefined, { timezone });
	try {
		const minute = Math.floor(now.getTime() / minuteMs) * minuteMs;
		for (let back = 0; back < durationMinutes; back += 1) {
			const begun = minute - back * minuteMs;
			if (!task.match(new Date(begun))) continue;
			return new Date(begun + durationMinutes * minuteMs).toISOString();
		}
		return null;
	} finally {
		void task.destroy();
	}
}
