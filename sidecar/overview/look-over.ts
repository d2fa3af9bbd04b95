import { type CountedLedger, imbalanceOf } from '../conservation/ledger';
import type { Clock } from '../kernel/clock';
import { courseHours, type HourFigures, type Overview, type OverviewStore } from './overview';

export interface OverviewPorts {
	overview: OverviewStore;
	/** Keys, in order. */
	openCircuits(): Promise<string[]>;
	/** As counted along with the work. */
	ledgers(): Promise<CountedLedger[]>;
	clock: Clock;
}

const hourMs = 3_600_000;
const failingShown = 5;

/**
 * Is anything wrong, and where: the last 24 hours of one environment, or of all.
 * @param seesFleet false: only that environment, and nothing that is counted over all
 */
export async function lookOver(
	{ overview, openCircuits, ledgers, clock }: OverviewPorts,
	environment: string | null,
	seesFleet: boolean,
): Promise<Overview> {
	const at = clock.now();
	const since = courseStart(at);
	const [environments, hours, letters, failing, circuits, waitingPromotions, sums] =
		await Promise.all([
			overview.environments(since, environment),
			overview.course(since, environment),
			overview.openLetters(environment),
			overview.failing(since, environment, failingShown),
			openCircuits(),
			overview.waitingPromotions(environment),
			seesFleet ? ledgers() : [],
		]);
	return {
		at,
		environments,
		course: everyHour(since, hours),
		letters,
		failing,
		openCircuits: circuits,
		waitingPromotions,
		ledgers: sums.map((counted) => {
			const { recount: _, ...sum } = counted;
			return { ...sum, imbalance: imbalanceOf(counted) };
		}),
	};
}

/** Whole hours, so that a bar does not change its meaning from one look to the next. */
export function courseStart(now: Date): Date {
	return new Date(Math.floor(now.getTime() / hourMs - (courseHours - 1)) * hourMs);
}

/** Hours without a run are hours too. */
export function everyHour(since: Date, hours: readonly HourFigures[]): HourFigures[] {
	const known = new Map(hours.map((hour) => [hour.at.getTime(), hour]));
	return Array.from({ length: courseHours }, (_, nth) => {
		const at = since.getTime() + nth * hourMs;
		return known.get(at) ?? { at: new Date(at), succeeded: 0, failed: 0 };
	});
}
