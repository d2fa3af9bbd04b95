import type { Clock } from '../kernel/clock';

/** The time the whole fleet agrees on, in milliseconds since 1970. */
export interface FleetTime {
	/** Null: the database has to be asked first. */
	now(): number | null;
	/** What the database just said the time is. */
	heard(databaseMs: number): void;
}

/** How long what we heard is good for. */
const trustMs = 10_000;

/**
 * The database's clock, carried on between two answers by the process's own: replicas whose clocks
 * differ decide alike, and no statement is spent on asking for the time. It runs behind by at most
 * the way of an answer, a few milliseconds.
 */
export function databaseTime(clock: Clock): FleetTime {
	let offset = 0;
	let heardAt: number | null = null;
	return {
		now: () => {
			const own = clock.now().getTime();
			const age = heardAt === null ? -1 : own - heardAt;
			return age < 0 || age > trustMs ? null : own + offset;
		},
		heard: (databaseMs) => {
			heardAt = clock.now().getTime();
			offset = databaseMs - heardAt;
		},
	};
}

/** One process that is alone with its clock, as in tests that move it. */
export function ownTime(clock: Clock): FleetTime {
	return { now: () => clock.now().getTime(), heard: () => undefined };
}
