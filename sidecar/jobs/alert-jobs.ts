import type { AlertStore } from '../alerts/alert-store';
import { type EvaluatePorts, evaluateRules } from '../alerts/evaluate-rules';
import { type NoticePorts, sendNotices } from '../alerts/send-notices';
import type { Clock } from '../kernel/clock';
import type { Job } from './job';

/** Resolved alerts are kept for so long. */
const keptMs = 90 * 86_400_000;

/** Rules are looked at, people are told, old alerts go. */
export function alertJobs(
	ports: EvaluatePorts & NoticePorts & { alerts: AlertStore; clock: Clock },
): Job[] {
	return [
		{
			name: 'evaluate-alerts',
			everySeconds: 15,
			run: async () => {
				await evaluateRules(ports);
			},
		},
		{
			name: 'send-alert-notices',
			everySeconds: 5,
			run: async () => {
				await sendNotices(ports);
			},
		},
		{
			name: 'purge-alerts',
			everySeconds: 3_600,
			run: async () => {
				await ports.alerts.purge(new Date(ports.clock.now().getTime() - keptMs));
			},
		},
	];
}
