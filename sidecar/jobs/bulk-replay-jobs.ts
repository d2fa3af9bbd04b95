import { workOffBulkReplays, type WorkOffPorts } from '../dead-letters/bulk/work-off';
import { nameIncidents } from '../dead-letters/name-incidents';
import type { Job } from './job';

export function bulkReplayJobs(ports: WorkOffPorts): Job[] {
	return [
		{
			name: 'bulk-replays',
			everySeconds: 1,
			run: async () => {
				await workOffBulkReplays(ports);
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
