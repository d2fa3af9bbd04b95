import { OrchestrationError } from '../../kernel/errors';
import { assertOrder, type BulkPorts } from '../bulk/start-bulk-replay';
import type { ReplaySchedule, ScheduleOrder } from './replay-schedule';
import type { ReplayScheduleStore } from './schedule-store';

export interface SchedulePorts extends BulkPorts {
	schedules: ReplayScheduleStore;
	/** The next moment of a cron expression in a time zone. */
	nextRun(cron: string, timeZone: string): Date | null;
}

/** @throws environment_not_found, version_not_found */
export async function putSchedule(
	ports: SchedulePorts,
	name: string,
	order: ScheduleOrder,
): Promise<{ schedule: ReplaySchedule; created: boolean }> {
	await assertOrder(ports, order);
	const nextRunAt = order.enabled ? ports.nextRun(order.cron, order.timeZone) : null;
	return await ports.schedules.put({ ...order, name, nextRunAt, at: ports.clock.now() });
}

/** @throws replay_schedule_not_found */
export async function findSchedule(
	{ schedules }: Pick<SchedulePorts, 'schedules'>,
	name: string,
): Promise<ReplaySchedule> {
	const found = await schedules.find(name);
	if (found) return found;
	throw new OrchestrationError(
		'replay_schedule_not_found',
		`There is no replay schedule "${name}". List them with GET /api/v1/replay-schedules, or make it with PUT.`,
		{ details: { name } },
	);
}
