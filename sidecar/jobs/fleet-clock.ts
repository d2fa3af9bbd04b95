import type { Clock } from '../kernel/clock';
import { ClockOffset } from '../kernel/clock-offset';
import type { Log } from '../monitoring/log';
import { wakeableLoop } from './wakeable-loop';

export interface FleetClockDependencies {
	/** Of this machine. */
	own: Clock;
	/** What the clock of the database shows, in milliseconds since 1970. */
	databaseNow(): Promise<number>;
	log: Log;
}

/** The time a fleet goes by, on whichever machine: that of its database. */
export interface FleetClock extends Clock {
	/** How far the clock of this machine is ahead of the database's, in milliseconds; negative: behind. */
	readonly machineAheadMs: number;
	/** Asks the database, once. Rejects as that does. */
	agree(): Promise<void>;
	/** Asks again and again, from now on. */
	start(): void;
	stop(): Promise<void>;
}

/** Between two questions, in milliseconds. */
const everyMs = 10_000;
/** A smaller difference is left to the time servers, in milliseconds. */
const leastMs = 500;

/**
 * What one replica writes down as due another one may judge, and the database itself: a machine whose
 * clock is minutes away would begin what is not due, or take what was just sent for lost.
 */
export function createFleetClock({ own, databaseNow, log }: FleetClockDependencies): FleetClock {
	const offset = new ClockOffset();
	const stopping = new AbortController();
	let running: Promise<void> | null = null;
	let told = 0;
	const aheadMs = () => {
		const ms = offset.aheadMs ?? 0;
		return Math.abs(ms) < leastMs ? 0 : ms;
	};
	const tell = () => {
		const machineAheadMs = 0 - aheadMs();
		if (Math.abs(machineAheadMs - told) < leastMs) return;
		told = machineAheadMs;
		if (told === 0) {
			log.info({}, 'the clock of this machine agrees with that of the database again');
			return;
		}
		log.warn(
			{ machineAheadMs: Math.round(told) },
			'the clock of this machine is not that of the database, whose time counts; set both by a time server (NTP)',
		);
	};
	const agree = async () => {
		const from = own.now().getTime();
		const now = await databaseNow();
		offset.hear({ from: now, to: now }, { from, to: own.now().getTime() });
		tell();
	};
	const loop = wakeableLoop({
		round: async () => {
			await agree();
			return everyMs;
		},
		restMs: everyMs,
		stopping: stopping.signal,
		clock: own,
		log,
		says: {
			trouble: 'the database cannot be asked for the time',
			over: 'the database says what time it is again',
		},
	});
	return {
		now: () => new Date(own.now().getTime() + aheadMs()),
		sleep: own.sleep,
		get machineAheadMs() {
			return 0 - aheadMs();
		},
		agree,
		start: () => {
			running ??= loop.run();
		},
		stop: async () => {
			stopping.abort();
			await running;
		},
	};
}
