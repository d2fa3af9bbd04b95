import { workOffBulkReplays, type WorkOffPorts } from '../dead-letters/bulk/work-off';
import type { RehearsalPorts } from '../dead-letters/rehearsal/start-rehearsal';
import { workOffRehearsals } from '../dead-letters/rehearsal/work-off-rehearsals';
import { nameIncidents } from '../dead-letters/name-incidents';
import type { Job } from './job';

export function bulkReplayJobs(ports: WorkOffPorts & RehearsalPorts): Job[] {
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
