import { createTask, validate } from 'node-cron';

/** Five fields, so never more often than once a minute; or `off`. */
export function isSchedule(text: string): boolean {
	return text === 'off' || (text.trim().split(/\s+/).length === 5 && validate(text));
}

/** The next moment of a cron expression in UTC; null for `off`. */
export function nextRun(schedule: string): Date | null {
	if (schedule === 'off') return null;
	const task = createTask(schedule, () => undefined, { timezone: 'UTC' });
	// It knows its next run only once it is started.
	void task.start();
	try {
		return task.getNextRun();
	} finally {
		void task.destroy();
	}
}
