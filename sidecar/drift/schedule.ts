import { isCron, nextCron } from '../kernel/cron';

/** Five fields, so never more often than once a minute; or `off`. */
export function isSchedule(text: string): boolean {
	return text === 'off' || isCron(text);
}

/** The next moment of a cron expression in UTC; null for `off`. */
export function nextRun(schedule: string): Date | null {
	return schedule === 'off' ? null : nextCron(schedule, 'UTC');
}
