import { createTask, validate } from 'node-cron';

/** Five fields, so never more often than once a minute. */
export function isCron(text: string): boolean {
	return text.trim().split(/\s+/).length === 5 && validate(text);
}

/** The next moment of a cron expression by the clock on the wall of a time zone. @param timeZone IANA name */
export function nextCron(expression: string, timeZone: string): Date | null {
	const task = createTask(expression, () => undefined, { timezone: timeZone });
	// It knows its next run only once it is started.
	void task.start();
	try {
		return task.getNextRun();
	} finally {
		void task.destroy();
	}
}
