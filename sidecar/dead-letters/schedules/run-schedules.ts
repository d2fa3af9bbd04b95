import { isQuiet, quietUntil } from '../../kernel/quiet-hours';
import type { SchedulePorts } from './put-schedule';

/**
 * Starts a bulk replay for each schedule whose time has come, once over all replicas. A time within the
 * quiet hours is made up for once, when they are over; times that passed while no replica was there, too.
 */
export async function runSchedules(ports: SchedulePorts): Promise<void> {
	const { schedules, clock, newId, nextRun } = ports;
	const at = clock.now();
	for (const schedule of await schedules.due(at)) {
		const { quietHours, cron, timeZone } = schedule;
		if (quietHours !== null && isQuiet(quietHours, at)) {
			await schedules.postpone(schedule, quietUntil(quietHours, at));
			continue;
		}
		await schedules.run(schedule, { id: newId(), at, nextRunAt: nextRun(cron, timeZone) });
	}
}
