import { workOffBulkReplays, type WorkOffPorts } from '../dead-letters/bulk/work-off';
import type { RehearsalPorts } from '../dead-letters/rehearsal/start-rehearsal';
import { workOffRehearsals } from '../dead-letters/rehearsal/work-off-rehearsals';
import { nameIncidents } from '../dead-letters/name-incidents';
import type { SchedulePorts } from '../dead-letters/schedules/put-schedule';
import { runSchedules } from '../dead-letters/schedules/run-schedules';
import type { Job } from './job';

export function bulkReplayJobs(ports: WorkOffPorts & RehearsalPorts & SchedulePorts): Job[] {
	const rehearsalsUnderWay = new Set<string>();
	return [
		{
			name: 'bulk-replays',
			everySeconds: 1,
			run: async () => {
				await workOffBulkReplays(ports);
			},
		},
		{
			name: 'replay-schedules',
			everySeconds: 5,
			run: async () => {
				await runSchedules(ports);
			},
		},
		{
			name: 'rehearsals',
			everySeconds: 2,
			run: async () => {
				await workOffRehearsals(ports, rehearsalsUnderWay);
			},
		},
		{
			name: 'name-incidents',
			everySeconds: 60,
			run: async () => {
				await nameIncidents(ports.letters);
			},
		},
	];
}
