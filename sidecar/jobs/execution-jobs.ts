import { stopUnwanted, type CancelPorts } from '../executions/cancel-execution';
import type { ExecutionStore } from '../executions/execution-store';
import type { Settlements } from '../executions/settlements';
import { inSteps } from './in-steps';
import type { Job } from './job';

const day = 86_400_000;
/** What was settled is told by its own process at first. */
const toldWithinMs = 3_000;
const purgedAtOnce = 500;

export function executionJobs({
	settlements,
	retentionDays,
	...ports
}: CancelPorts & {
	executions: Pick<ExecutionStore, 'purge'>;
	settlements: Pick<Settlements, 'tellAgain'>;
	retentionDays: number;
}): Job[] {
	const before = (ms: number) => new Date(ports.clock.now().getTime() - ms);
	return [
		{
			name: 'tell-settled',
			everySeconds: 5,
			run: async () => await settlements.tellAgain(before(toldWithinMs)),
		},
		{ name: 'stop-unwanted', everySeconds: 1, run: async () => await stopUnwanted(ports) },
		{
			name: 'purge-executions',
			everySeconds: 60,
			run: async (stopping) => {
				const old = before(retentionDays * day);
				const purge = async () => await ports.executions.purge(old, purgedAtOnce);
				await inSteps(purge, purgedAtOnce, stopping);
			},
		},
	];
}
