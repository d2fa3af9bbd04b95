import { promoteOnward, type OnwardPorts } from '../promotion/gates/promote-onward';
import { watchPromotions, type WatchPorts } from '../promotion/watch/watch-promotions';
import type { Job } from './job';

/** What goes on after a promotion: its soak, and the way to the next stage. */
export function promotionJobs(ports: WatchPorts & OnwardPorts): Job[] {
	return [
		{
			name: 'watch-promotions',
			everySeconds: 10,
			run: async () => {
				await watchPromotions(ports);
			},
		},
		{
			name: 'promote-onward',
			everySeconds: 5,
			run: async () => {
				await promoteOnward(ports);
			},
		},
	];
}
